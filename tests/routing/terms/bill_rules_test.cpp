// Bills by rules: what was asked for, and what the answer says it was.
#include <doctest/doctest.h>

#include <chrono>

#include "routing/terms/bill.hpp"

using namespace std::chrono_literals;
using config::ServiceTier;
using routing::Sale;
using routing::Usage;

namespace {

config::PricePerMillionTokens dollars(double price) {
  return {{static_cast<std::int64_t>(price * 1e9 + 0.5)}};
}

config::PriceConditions flex() {
  config::PriceConditions when;
  when.tiers.set(static_cast<std::size_t>(ServiceTier::flex));
  return when;
}

struct Shop {
  routing::Catalogue catalogue{settings(), 1};

  static config::Settings settings() {
    config::EndpointSettings endpoint;
    endpoint.name = {"a"};
    endpoint.context = {1'000'000};
    endpoint.prices = {.input = dollars(2), .output = dollars(10)};
    endpoint.price_rules = {
        {flex(), {.input = dollars(1), .output = dollars(5)}},
        {{.prompt_above = config::Tokens{200'000}}, {.input = dollars(4), .output = dollars(15)}},
        {{.hours = config::DailyWindow{{0}, {60}}}, {.input = dollars(0.5), .output = dollars(1)}}};
    config::EndpointSettings plain = endpoint;
    plain.name = {"b"};
    plain.price_rules.clear();
    config::Settings all;
    all.providers.resize(1);
    all.models.push_back({.name = {"m"}, .endpoints = {plain, endpoint, plain}});
    return all;
  }
  std::int64_t of(const Usage& usage, Sale sale = {.at = config::WallTime(12h)}) const {
    return routing::bill(catalogue.endpoints()[1], usage, sale).nanos;
  }
};

}  // namespace

TEST_CASE("a prompt beyond a cliff makes the whole request dearer, the answer and what is cached included") {
  const Shop shop;
  CHECK(shop.of({.prompt = {200'000}, .output = {1'000}}) == 400'000'000 + 10'000'000);
  CHECK(shop.of({.prompt = {200'001}, .output = {1'000}}) == 800'004'000 + 15'000'000);
  CHECK(shop.of({.prompt = {200'001}, .cached = {200'001}}) == 800'004'000);
}

TEST_CASE("what the answer says of its tier goes before what was asked") {
  const Shop shop;
  const Usage plain{.prompt = {1'000}}, given{.prompt = {1'000}, .tier = ServiceTier::flex},
      not_given{.prompt = {1'000}, .tier = ServiceTier::standard};
  const Sale asked{.at = config::WallTime(12h), .tier = ServiceTier::flex};
  CHECK(shop.of(plain) == 2'000'000);
  CHECK(shop.of(plain, asked) == 1'000'000);
  CHECK(shop.of(given) == 1'000'000);
  CHECK(shop.of(not_given, asked) == 2'000'000);
}

TEST_CASE("a place that charges more does so where the answer says it was there, or where it was asked for") {
  config::Settings settings = Shop::settings();
  settings.models[0].endpoints[1].price_rules = {
      {{.geos = {config::GeoWord("us")}}, {.input = dollars(2.2), .output = dollars(11)}}};
  const auto of = [&settings](std::string_view told, std::string_view asked) {
    const routing::Catalogue catalogue(settings, 1);
    const Usage usage{.prompt = {1'000}, .geo = config::GeoWord(told)};
    return routing::bill(catalogue.endpoints()[1], usage, {.geo = config::GeoWord(asked)}).nanos;
  };
  CHECK(of("", "") == 2'000'000);
  CHECK(of("us", "") == 2'200'000);
  CHECK(of("", "us") == 2'200'000);
  CHECK(of("global", "us") == 2'000'000);
  settings.providers[0].inference_geo = "us";
  CHECK(of("", "") == 2'200'000);
  CHECK(of("global", "") == 2'000'000);
}

TEST_CASE("the hour is that of the request") {
  const Shop shop;
  CHECK(shop.of({.prompt = {1'000}}, {.at = config::WallTime(59min)}) == 500'000);
  CHECK(shop.of({.prompt = {1'000}}, {.at = config::WallTime(60min)}) == 2'000'000);
}

TEST_CASE("rules are their own endpoint's alone") {
  const Shop shop;
  for (const std::size_t other : {0u, 2u}) {
    const routing::Endpoint& plain = shop.catalogue.endpoints()[other];
    CHECK(plain.ruled == nullptr);
    CHECK(routing::bill(plain, {.prompt = {300'000}}).nanos == 600'000'000);
  }
}

TEST_CASE("parts of a dollar's billionth are summed before anything is rounded, and then up") {
  Shop shop;
  config::EndpointSettings settings = shop.catalogue.settings().models[0].endpoints[0];
  config::ProviderSettings provider;
  const routing::Endpoint endpoint{.settings = &settings, .provider = &provider};
  settings.prices = {.input = dollars(0.0028), .output = dollars(0.0033)};
  settings.prices.cache_read = dollars(0.0007);
  const Usage usage{.prompt = {3}, .cached = {1}, .output = {1}};
  const routing::ExactBill exact = routing::exact_bill(endpoint, usage);
  CHECK(exact.prompt == routing::ExactMoney{6, 300'000});
  CHECK(exact.answer == routing::ExactMoney{3, 300'000});
  CHECK(routing::bill(endpoint, usage).nanos == 10);  // each by itself would make 11
}

TEST_CASE("sound, pictures and thought cost what they do, each token once") {
  Shop shop;
  config::EndpointSettings settings = shop.catalogue.settings().models[0].endpoints[0];
  config::ProviderSettings provider;
  const routing::Endpoint endpoint{.settings = &settings, .provider = &provider};
  settings.prices = {.input = dollars(1), .output = dollars(10)};
  settings.prices.cache_read = dollars(0.1);
  const Usage usage{.prompt = {100},
                    .cached = {40},
                    .output = {50},
                    .reasoning = {5},
                    .audio_prompt = {30},
                    .cached_audio = {10},
                    .image_prompt = {20},
                    .audio_output = {12},
                    .image_output = {8},
                    .searches = 2};
  CHECK(routing::bill(endpoint, usage).nanos == 60'000 + 4'000 + 500'000);
  settings.prices.audio_input = dollars(40);
  settings.prices.audio_cache_read = dollars(2);
  settings.prices.image_input = dollars(5);
  settings.prices.audio_output = dollars(80);
  settings.prices.image_output = dollars(30);
  settings.prices.reasoning = dollars(3);
  settings.prices.search = {10'000'000};
  CHECK(routing::bill(endpoint, usage).nanos == 20 * 1'000 + 20 * 40'000 + 20 * 5'000 + 30 * 100 +
                                                    10 * 2'000 + 25 * 10'000 + 12 * 80'000 + 8 * 30'000 +
                                                    5 * 3'000 + 20'000'000);
  // More of a kind than there is of all is a host's slip, and never a discount.
  CHECK(routing::bill(endpoint, {.prompt = {10}, .audio_prompt = {99}}).nanos == 400'000);
}

TEST_CASE("each picture of the prompt has its price, by the rule that holds, beside what its tokens cost") {
  config::Settings settings = Shop::settings();
  config::EndpointSettings& endpoint = settings.models[0].endpoints[1];
  endpoint.prices.image = {5'000'000};
  endpoint.price_rules[0].prices.image = {2'500'001};
  const routing::Catalogue catalogue(settings, 1);
  const auto cost = [&](int pictures, ServiceTier tier) {
    return routing::bill(catalogue.endpoints()[1], {.prompt = {100}, .image_prompt = {60}},
                         {.at = config::WallTime(12h), .tier = tier, .pictures = pictures})
        .nanos;
  };
  CHECK(cost(0, ServiceTier::standard) == 200'000);
  CHECK(cost(3, ServiceTier::standard) == 200'000 + 15'000'000);
  CHECK(cost(3, ServiceTier::flex) == 100'000 + 7'500'003);
}

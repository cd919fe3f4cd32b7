#include "routing/terms/bill.hpp"

#include <doctest/doctest.h>

#include <limits>

using config::Money;
using config::Tokens;
using routing::Usage;

namespace {

// Prices of which no two are alike, in billionths of a dollar per million tokens.
struct Shop {
  config::EndpointSettings settings;
  config::ProviderSettings provider;
  routing::Endpoint endpoint{.settings = &settings, .provider = &provider};

  Shop() {
    provider.reports_cost = true;
    settings.prices.request = {700};
    settings.prices.input = {{2'000'000}};
    settings.prices.output = {{8'000'000}};
    settings.prices.cache_read = {{500'000}};
    settings.prices.cache_write = {{3'000'000}};
  }
  // Billionths of a dollar.
  std::int64_t of(const Usage& usage) const { return routing::bill(endpoint, usage).nanos; }
};

}  // namespace

TEST_CASE(
    "a reply costs its request, its prompt, what was cached and was put into the cache, and its output") {
  const Shop shop;
  CHECK(shop.of({}) == 700);
  CHECK(shop.of({.prompt = {1'000}}) == 700 + 2'000);
  CHECK(shop.of({.output = {1'000}}) == 700 + 8'000);
  CHECK(shop.of({.prompt = {1'000}, .cached = {600}}) == 700 + 400 * 2 + 300);
  CHECK(shop.of({.prompt = {1'000}, .cache_written = {1'000}}) == 700 + 2'000 + 3'000);
  CHECK(shop.of({.prompt = {3'000}, .cached = {1'000}, .cache_written = {2'000}, .output = {4'000}}) ==
        700 + 4'000 + 500 + 6'000 + 32'000);
}

TEST_CASE(
    "what has no price of its own in the cache is read at the price of input and written for nothing more") {
  Shop shop;
  shop.settings.prices.cache_read.reset();
  shop.settings.prices.cache_write.reset();
  CHECK(shop.of({.prompt = {1'000}, .cached = {600}, .cache_written = {400}}) == 700 + 2'000);
}

TEST_CASE("counts that cannot be make no bill smaller") {
  const Shop shop;
  CHECK(shop.of({.prompt = {-5'000}, .cached = {-5'000}, .cache_written = {-5'000}, .output = {-5'000}}) ==
        700);
  // No more can have been cached than was asked.
  CHECK(shop.of({.prompt = {1'000}, .cached = {9'000}}) == 700 + 500);
  CHECK(shop.of({.prompt = {1'000}, .cached = {-9'000}}) == 700 + 2'000);
}

TEST_CASE("a host's own figure of the cost is the bill, unless it cannot be one") {
  const Shop shop;
  const auto said = [&](double dollars) {
    return shop.of({.prompt = {1'000}, .output = {1'000}, .cost = dollars});
  };
  CHECK(said(0.25) == 250'000'000);
  CHECK(said(1.4e-9) == 1);
  CHECK(said(0) == 0);
  CHECK(said(999'999) == 999'999'000'000'000);
  for (const double wrong :
       {-0.01, 1e6, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CAPTURE(wrong);
    CHECK(said(wrong) == 700 + 2'000 + 8'000);
  }
}

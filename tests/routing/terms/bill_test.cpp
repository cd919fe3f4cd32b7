#include "routing/terms/bill.hpp"

#include <doctest/doctest.h>

namespace {

// 1 $/Mtok for input, 4 $/Mtok for output.
struct Host {
  config::EndpointSettings settings;
  config::ProviderSettings provider;
  routing::Endpoint endpoint{.settings = &settings, .provider = &provider};

  Host() {
    settings.prices.input = {{1'000'000'000}};
    settings.prices.output = {{4'000'000'000}};
  }
  std::int64_t nanos(const routing::Usage& usage) const { return routing::bill(endpoint, usage).nanos; }
};

}  // namespace

TEST_CASE("a bill is tokens at their prices, and the price of the request") {
  Host host;
  CHECK(host.nanos({.prompt = {1'000}, .output = {100}}) == 1'400'000);
  host.settings.prices.request = {7};
  CHECK(host.nanos({.prompt = {1'000}, .output = {100}}) == 1'400'007);
}

TEST_CASE("cached tokens have their own price, where there is one") {
  Host host;
  CHECK(host.nanos({.prompt = {1'000}, .cached = {400}}) == 1'000'000);
  host.settings.prices.cache_read = {{100'000'000}};
  CHECK(host.nanos({.prompt = {1'000}, .cached = {400}}) == 640'000);
}

TEST_CASE("tokens written to a cache cost their price beside that of the input") {
  Host host;
  CHECK(host.nanos({.prompt = {1'000}, .cache_written = {1'000}}) == 1'000'000);
  host.settings.prices.cache_write = {{250'000'000}};
  CHECK(host.nanos({.prompt = {1'000}, .cache_written = {1'000}}) == 1'250'000);
  CHECK(host.nanos({.prompt = {1'000}, .cache_written = {600}}) == 1'150'000);
  CHECK(host.nanos({.prompt = {1'000}}) == 1'000'000);
}

TEST_CASE("what is written for an hour has its own price, or costs the input price again") {
  Host host;
  host.settings.prices.cache_write = {{250'000'000}};
  const routing::Usage usage{.prompt = {1'000}, .cache_written = {1'000}, .cache_written_1h = {400}};
  CHECK(host.nanos(usage) == 1'000'000 + 150'000 + 400'000);
  host.settings.prices.cache_write_1h = {{2'000'000'000}};
  CHECK(host.nanos(usage) == 1'000'000 + 150'000 + 800'000);
  host.settings.prices.cache_write.reset();
  CHECK(host.nanos(usage) == 1'000'000);
}

TEST_CASE("a host's own figure for the cost counts only where its provider is trusted with it") {
  Host host;
  const routing::Usage usage{.prompt = {1'000}, .output = {100}, .cost = 0.25};
  CHECK(host.nanos(usage) == 1'400'000);
  host.provider.reports_cost = true;
  CHECK(host.nanos(usage) == 250'000'000);
  CHECK(host.nanos({.prompt = {1'000}, .output = {100}, .cost = 0.0}) == 0);
  CHECK(host.nanos({.prompt = {1'000}, .output = {100}}) == 1'400'000);
  CHECK(host.nanos({.prompt = {1'000}, .output = {100}, .cost = -1.0}) == 1'400'000);
}

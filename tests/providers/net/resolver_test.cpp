#include "providers/net/resolver.hpp"

#include <doctest/doctest.h>

#include "tests/support/loop.hpp"

using providers::Resolver;

namespace {

std::vector<std::string> addresses_of(const std::string& host, std::size_t& asked) {
  support::Loop loop;
  Resolver resolver(loop.io, loop.timer);
  providers::Sleep wait;
  const auto found = loop.run(resolver.addresses(host, 8443, config::TimePoint::max(), wait));
  asked = resolver.asking();
  REQUIRE(found.has_value());
  std::vector<std::string> texts;
  for (const auto& endpoint : *found) {
    CHECK(endpoint.port() == 8443);
    texts.push_back(endpoint.address().to_string());
  }
  return texts;
}

}  // namespace

TEST_CASE("addresses and localhost are known without asking anybody") {
  std::size_t asked = 1;
  CHECK(addresses_of("192.0.2.7", asked) == std::vector<std::string>{"192.0.2.7"});
  CHECK(asked == 0);
  CHECK(addresses_of("::1", asked) == std::vector<std::string>{"::1"});
  CHECK(addresses_of("localhost", asked) == std::vector<std::string>{"127.0.0.1", "::1"});
  CHECK(asked == 0);
}

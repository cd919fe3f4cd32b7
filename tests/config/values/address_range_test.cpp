#include "config/values/address.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace config;

namespace {

AddressRange range(std::string_view text) {
  const auto parsed = parse_address_range(text);
  REQUIRE(std::holds_alternative<AddressRange>(parsed));
  return std::get<AddressRange>(parsed);
}

bool lies_in(std::string_view text, std::string_view address) {
  return contains(range(text), range(address).first);
}

}  // namespace

TEST_CASE("a range holds the addresses that begin as it does") {
  CHECK(lies_in("10.0.0.0/8", "10.255.1.2"));
  CHECK(!lies_in("10.0.0.0/8", "11.0.0.0"));
  CHECK(lies_in("192.0.2.128/25", "192.0.2.200"));
  CHECK(!lies_in("192.0.2.128/25", "192.0.2.127"));
  CHECK(lies_in("192.0.2.7", "192.0.2.7"));
  CHECK(!lies_in("192.0.2.7", "192.0.2.6"));
  CHECK(lies_in("2001:db8::/32", "2001:db8:ffff::1"));
  CHECK(!lies_in("2001:db8::/32", "2001:db9::1"));
  CHECK(lies_in("::ffff:10.0.0.0/104", "10.1.2.3"));  // the same, written as IPv6
  CHECK(lies_in("0.0.0.0/0", "203.0.113.1"));
  CHECK(!lies_in("0.0.0.0/0", "2001:db8::1"));
  CHECK(lies_in("::/0", "203.0.113.1"));
}

TEST_CASE("where any address of a range may stand for it, the range is the same") {
  for (const char* text : {"10.1.2.3/8", "10.0.0.0/8"}) {
    const auto parsed = parse_address_range(text, Before::any);
    REQUIRE(std::holds_alternative<AddressRange>(parsed));
    CHECK(std::get<AddressRange>(parsed) == range("10.0.0.0/8"));
  }
}

TEST_CASE("what is no address or range is refused with what is allowed") {
  struct Row {
    const char* text;
    const char* says;
  };
  for (const Row& row : {Row{"proxy.example", "such as `10.0.0.0/8`"}, Row{"10.0.0/8", "such as"},
                         Row{"10.0.0.0/33", "0 to 32"}, Row{"10.0.0.0/", "0 to 32"},
                         Row{"2001:db8::/129", "0 to 128"}, Row{"10.0.0.0/8x", "0 to 32"}, Row{"", "such as"},
                         Row{"10.0.0.1/8", "allowed is the range's first"}}) {
    CAPTURE(row.text);
    const auto parsed = parse_address_range(row.text);
    REQUIRE(std::holds_alternative<AddressFault>(parsed));
    CHECK(std::get<AddressFault>(parsed).message.find(row.says) != std::string::npos);
  }
}

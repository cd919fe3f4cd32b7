#include "config/values/quantity.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace config;
using namespace std::chrono_literals;

TEST_CASE("prices are exact and in dollars for tokens") {
  struct Case {
    const char* text;
    std::int64_t nanos;
  };
  for (const auto& each :
       {Case{"0.55 $/Mtok", 550'000'000}, Case{"$0.55/Mtok", 550'000'000}, Case{"$ 0.55 /Mtok", 550'000'000},
        Case{"0.55$/Mtok", 550'000'000}, Case{"2 $/ktok", 2'000'000'000'000}, Case{"0 $/Mtok", 0},
        Case{"0.000000001 $/Mtok", 1}, Case{"0.1 $/Mtok", 100'000'000}}) {
    CAPTURE(each.text);
    REQUIRE(parse_price(each.text));
    CHECK(parse_price(each.text)->price.nanos == each.nanos);
  }
  for (const char* text :
       {"", "0.55", "-1 $/Mtok", "1e3 $/Mtok", "$0.55 $/Mtok", "1 $", "1 $/tok", "1. $/Mtok", ".5 $/Mtok",
        "0.0000000001 $/Mtok", "1234567890123 $/Mtok", "1 $/Mtok x", "nan $/Mtok", "999999999999 $/ktok"}) {
    CAPTURE(text);
    CHECK(!parse_price(text));
  }
}

TEST_CASE("other amounts carry their units") {
  CHECK(parse_money("$0.002")->nanos == 2'000'000);
  CHECK(parse_money("0.002 $")->nanos == 2'000'000);
  CHECK(!parse_money("0.002"));
  CHECK(parse_tokens("65536")->count == 65'536);
  CHECK(parse_tokens("64 ktok")->count == 64'000);
  CHECK(parse_tokens("1.5 ktok")->count == 1'500);
  CHECK(parse_tokens("1 Mtok")->count == 1'000'000);
  CHECK(!parse_tokens("1.5 tok"));
  CHECK(!parse_tokens("64k"));
  CHECK(parse_duration("2 s") == 2s);
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("0.5 min") == 30s);
  CHECK(parse_duration("1 d") == 24h);
  CHECK(!parse_duration("5"));
  CHECK(!parse_duration("5 m"));
  CHECK(!parse_duration("999999999999 d"));
  CHECK(parse_share("5 %") == support::close(0.05));
  CHECK(!parse_share("101 %"));
  CHECK(!parse_share("0.05"));
  CHECK(parse_bytes("32 MiB") == 32u << 20);
  CHECK(parse_bytes("1 kB") == 1000);
  CHECK(!parse_bytes("1 mb"));
  CHECK(parse_real("0.25") == support::close(0.25));
  CHECK(!parse_real("-1"));
  CHECK(!parse_tokens(std::string(200, '8') + " Mtok"));
  CHECK(!parse_duration("1." + std::string(200, '8') + " s"));
  CHECK(is_bare_number("0.55"));
  CHECK(!is_bare_number("0.55 $"));
}

TEST_CASE("lengths of time and sizes are shown in their largest whole unit") {
  CHECK(to_text(std::chrono::nanoseconds(90s)) == "90 s");
  CHECK(to_text(std::chrono::nanoseconds(120s)) == "2 min");
  CHECK(to_text(std::chrono::nanoseconds(250ms)) == "250 ms");
  CHECK(to_text(std::chrono::nanoseconds(0)) == "0 s");
  CHECK(bytes_to_text(32u << 20) == "32 MiB");
  CHECK(bytes_to_text(1000) == "1000 B");
}

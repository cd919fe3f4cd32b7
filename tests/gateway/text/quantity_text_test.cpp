#include "gateway/text/quantity_text.hpp"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("quantities are as short as a person would write them") {
  using namespace gateway;
  CHECK(time_text(0.0000031) == "3 us");
  CHECK(time_text(0.0012) == "1.2 ms");
  CHECK(time_text(0.42) == "420 ms");
  CHECK(time_text(0.9996) == "1.00 s");
  CHECK(time_text(1.236) == "1.24 s");
  CHECK(time_text(38.21) == "38.2 s");
  CHECK(time_text(599) == "599 s");
  CHECK(time_text(720) == "12 min");
  CHECK(money_text(0) == "$0");
  CHECK(money_text(0.000421) == "$0.00042");
  CHECK(money_text(0.0123) == "$0.012");
  CHECK(money_text(0.55) == "$0.55");
  CHECK(money_text(1.236) == "$1.24");
  CHECK(money_text(312.4) == "$312");
  CHECK(money_text(-0.05) == "-$0.050");
  CHECK(percent_text(0) == "0 %");
  CHECK(percent_text(0.004) == "0.4 %");
  CHECK(percent_text(0.38) == "38 %");
  CHECK(percent_text(0.998) == "99.8 %");
  CHECK(percent_text(0.99999) == "99.9 %");
  CHECK(percent_text(1) == "100 %");
  CHECK(count_text(980) == "980");
  CHECK(count_text(12'345) == "12.3k");
  CHECK(count_text(999'600) == "1.0M");
  CHECK(rate_text(9.44) == "9.4");
  CHECK(rate_text(128.2) == "128");
  CHECK(span_text(12) == "12 s");
  CHECK(span_text(199) == "3 min");
  CHECK(span_text(18'720) == "5 h 12 min");
  CHECK(span_text(792'000) == "9 d 4 h");
}

TEST_CASE("what nobody knows is a dash") {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  for (const auto text : {gateway::time_text, gateway::money_text, gateway::percent_text, gateway::count_text,
                          gateway::rate_text, gateway::span_text}) {
    CHECK(text(unknown) == "-");
  }
}

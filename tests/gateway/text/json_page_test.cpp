#include "gateway/text/json_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <limits>

#include "gateway/text/price_text.hpp"
#include "tests/support/close.hpp"

namespace json = boost::json;

TEST_CASE("numbers are written as people write them and read back as the same numbers") {
  CHECK(gateway::json_page(json::array{0.25, 12.5, 1.0, 0.0, -3.5, 0.00055, 42, nullptr, true}) ==
        "[0.25,12.5,1,0,-3.5,0.00055,42,null,true]");
  for (const double value : {1e-300, 5e-324, 1.7976931348623157e308, 1e15, 123456789.123}) {
    CHECK(json::parse(gateway::json_page(value)).to_number<double>() == value);
  }
}

TEST_CASE("what JSON cannot say is null, and nothing pretends to more than six digits") {
  CHECK(gateway::number_or_null(std::numeric_limits<double>::quiet_NaN()).is_null());
  CHECK(gateway::number_or_null(std::numeric_limits<double>::infinity()).is_null());
  CHECK(gateway::number_or_null(0.123456789).as_double() == support::close(0.123457));
  CHECK(gateway::json_page(gateway::number_or_null(1234567.8)) == "1234570");
}

TEST_CASE("texts and keys are escaped") {
  CHECK(gateway::json_page(json::object{{"a\"b", "c\n"}}) == R"({"a\"b":"c\n"})");
}

TEST_CASE("a price per token is an exact decimal") {
  const auto text = [](std::int64_t nanos) { return gateway::per_token_text({{nanos}}); };
  CHECK(text(0) == "0");
  CHECK(text(550'000'000) == "0.00000055");
  CHECK(text(75'000'000'000) == "0.000075");
  CHECK(text(1) == "0.000000000000001");
  CHECK(text(1'000'000'000'000'000) == "1");
  CHECK(gateway::dollars_text({1'500'000'000}) == "1.5");
}

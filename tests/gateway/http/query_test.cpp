#include "gateway/http/query.hpp"

#include <doctest/doctest.h>

#include <array>

using gateway::query_value;
using gateway::query_values;
using gateway::query_without;

TEST_CASE("a query's value is found by its name, and read") {
  CHECK(query_value("a=1&b=x%2Fy+z%2B&a=2", "a") == "1");
  CHECK(query_value("a=1&b=x%2Fy+z%2B", "b") == "x/y z+");
  CHECK(query_value("ab=1&b=", "b") == "");
  CHECK(!query_value("ab=1&b", "b"));
  CHECK(!query_value("", "b"));
  CHECK(query_value("b=%", "b") == "%");
  CHECK(query_value("b=1%2", "b") == "1%2");
}

TEST_CASE("a parameter that is there again has all its values") {
  CHECK(query_values("a=1&b=2&a=x%2Cy&a=", "a") == std::vector<std::string>{"1", "x,y", ""});
  CHECK(query_values("b=2&aa=1", "a").empty());
}

TEST_CASE("of a query what is not named stays as it came") {
  constexpr std::array<std::string_view, 2> names{"offset", "limit"};
  CHECK(query_without("q=a%20b&offset=2&sort=newest&limit=1&limits=3", names) ==
        "q=a%20b&sort=newest&limits=3");
  CHECK(query_without("offset=2&&limit", names).empty());
  CHECK(query_without("", names).empty());
}

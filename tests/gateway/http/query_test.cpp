#include "gateway/http/query.hpp"

#include <doctest/doctest.h>

using gateway::query_value;

TEST_CASE("a query's value is found by its name, and read") {
  CHECK(query_value("a=1&b=x%2Fy+z%2B&a=2", "a") == "1");
  CHECK(query_value("a=1&b=x%2Fy+z%2B", "b") == "x/y z+");
  CHECK(query_value("ab=1&b=", "b") == "");
  CHECK(!query_value("ab=1&b", "b"));
  CHECK(!query_value("", "b"));
  CHECK(query_value("b=%", "b") == "%");
  CHECK(query_value("b=1%2", "b") == "1%2");
}

#include "gateway/record_file/rule_book.hpp"

#include <doctest/doctest.h>

TEST_CASE(
    "what a recorded policy made of money and of broken streams is read back, each without the others") {
  for (const double demotion : {2.0, 1.0, 5.0}) {
    for (const int hops : {0, 2}) {
      CAPTURE(demotion);
      CAPTURE(hops);
      routing::Policy policy;
      policy.name = {"own"};
      policy.demotion = demotion;
      policy.continue_hops = hops;
      const auto read = gateway::rule_book_from(gateway::to_bytes(policy));
      REQUIRE(read);
      CHECK(read->name.text == "own");
      CHECK(read->demotion == demotion);
      CHECK(read->continue_hops == hops);
      CHECK_FALSE(read->budget.has_value());
    }
  }
}

#include "gateway/pages/account_pages.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

namespace json = boost::json;

TEST_CASE("keys are listed a hundred at a time, the newest first") {
  json::array keys{json::object{{"name", "boss"}, {"stored", false}}};
  for (int i = 0; i < 130; ++i) {
    keys.push_back(json::object{{"name", std::to_string(i)},
                                {"stored", true},
                                {"created", 1'000 + i},
                                {"disabled", i == 129},
                                {"revoked", i == 0}});
  }
  const auto first = gateway::page_of_keys(keys, "");
  REQUIRE(first);
  CHECK(first->size() == 100);
  CHECK(first->at(0).at("name") == "129");
  const auto second = gateway::page_of_keys(keys, "offset=100");
  REQUIRE(second);
  CHECK(second->size() == 29);
  CHECK(second->back().at("name") == "1");
  CHECK(gateway::page_of_keys(keys, "offset=129")->empty());
  CHECK(gateway::page_of_keys(keys, "include_disabled=false")->at(0).at("name") == "128");
  for (const char* bad : {"offset=x", "offset=-1", "offset="}) CHECK_FALSE(gateway::page_of_keys(keys, bad));
}

#include "gateway/pages/account_pages.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

namespace json = boost::json;
using gateway::SpendAsked;
using gateway::SpendForm;

namespace {

constexpr std::int64_t today = 20'785;

SpendAsked asked_by(std::string_view query) {
  const auto read = gateway::spend_asked(query, today);
  REQUIRE(std::holds_alternative<SpendAsked>(read));
  return std::get<SpendAsked>(read);
}

std::string wrong_with(std::string_view query) {
  const auto read = gateway::spend_asked(query, today);
  REQUIRE(std::holds_alternative<std::string>(read));
  return std::get<std::string>(read);
}

}  // namespace

TEST_CASE("spending is asked for by words, days, and whose it is") {
  const SpendAsked plain = asked_by("");
  CHECK(plain.by == std::vector<std::string>{"day"});
  CHECK(plain.from_day == today - 29);
  CHECK(plain.to_day == today);
  CHECK(plain.only.empty());
  const SpendAsked full = asked_by(
      "format=csv&by=user,model&from=2026-11-01&to=2026-11-28&team=search&key=a%2Cb&key=c+d&user=&policy="
      "fast");
  CHECK(full.by == std::vector<std::string>{"user", "model"});
  CHECK(full.to_day - full.from_day == 27);
  CHECK(full.form == SpendForm::csv);
  CHECK(full.only ==
        gateway::LedgerStore::SpendOnly{
            {"team", {"search"}}, {"key", {"a,b", "c d"}}, {"user", {""}}, {"policy", {"fast"}}});
}

TEST_CASE("what is wrong with a question about spending is told") {
  CHECK(wrong_with("from=yesterday") == "`from` and `to` are days such as 2026-11-28");
  CHECK(wrong_with("from=2026-11-28&to=2026-11-27") == "`from` is later than `to`");
  CHECK(wrong_with("format=xml") == "`format` is json or csv, not `xml`");
  CHECK(wrong_with("by=key&form=csv&x") ==
        "`form` is no parameter; allowed are by, from, to, format, team, key, user, tag, model, endpoint, "
        "provider, policy");
}

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

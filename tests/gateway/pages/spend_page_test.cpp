#include "gateway/pages/spend_page.hpp"

#include <doctest/doctest.h>

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

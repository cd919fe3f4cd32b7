// Any policies at all, with any rules between them, are compiled and checked to the end: each is refused with
// a problem or can be chosen, and the shipped ones stay.
#include <algorithm>
#include <string>
#include <string_view>

#include "routing/policy/policy_check.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/support/small_market.hpp"

namespace {

// A line is a letter for the part of a policy and its text; `p` begins the next policy.
config::Settings written(std::string_view text) {
  config::Settings settings = support::small_settings();
  config::PolicySettings policy;
  const auto finish = [&] {
    if (!policy.name.text.empty()) settings.policies.push_back(std::move(policy));
    policy = {};
  };
  int number = 0;
  while (!text.empty() && settings.policies.size() < 8) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.empty()) continue;
    config::SourceText source{.text = std::string(line.substr(1)), .place = {"fuzz", ++number, 1}};
    switch (line.front()) {
      case 'p':
        finish();
        policy.name.text = source.text;
        policy.place = source.place;
        break;
      case 'e':
        policy.extends = std::move(source);
        break;
      case 'a':
        policy.allow = std::move(source);
        break;
      case 'r':
        policy.require.push_back(std::move(source));
        break;
      case 'f':
        policy.prefer.push_back(std::move(source));
        break;
      case 'm':
        policy.minimize = std::move(source);
        break;
      case 'v':
        policy.value_of_time = std::move(source);
        break;
      case 'c':
        policy.choose = std::move(source);
        break;
      case 'x':
        policy.relax.push_back(std::move(source));
        break;
      case 'w':
        settings.rules.push_back({.when = source, .policy = policy.name, .place = source.place});
        break;
      default:
        break;
    }
  }
  finish();
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const support::SmallMarket market;
  const config::Settings settings = written({reinterpret_cast<const char*>(data), size});
  config::Problems problems;
  const routing::PolicySet set = routing::compile(settings, problems);
  routing::check_policies(set, market.catalogue, {}, problems);
  EXPECT_THAT(set.find("balanced") != nullptr);
  const bool refused = std::ranges::any_of(
      problems, [](const config::Problem& problem) { return problem.severity == config::Severity::error; });
  if (refused) return 0;
  for (const config::PolicySettings& policy : settings.policies) {
    EXPECT_THAT(set.find(policy.name.text) != nullptr);
  }
  EXPECT_THAT(set.select(market.demand).policy != nullptr);
  return 0;
}

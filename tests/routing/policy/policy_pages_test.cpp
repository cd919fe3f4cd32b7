#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "routing/language/name_page.hpp"
#include "routing/policy/shipped.hpp"

namespace {

std::string page(const std::string& name) {
  std::ifstream file(std::string(SOURCE_DIR) + "/deploy/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the page of names is what the language reads") {
  const bool equal = page("policy-names.md") == routing::name_page();
  if (!equal) std::ofstream("policy-names.md") << routing::name_page();
  CHECK_MESSAGE(
      equal, "deploy/policy-names.md is out of date; the new text is in policy-names.md of this directory");
}

TEST_CASE("the page of policies quotes every shipped policy as it is") {
  const std::string text = page("policies.md");
  for (const config::PolicySettings& policy : routing::shipped_policies()) {
    CAPTURE(policy.name.text);
    CHECK(text.find("## `" + policy.name.text + "`") != std::string::npos);
    CHECK(text.find("description: \"" + policy.description + "\"") != std::string::npos);
    for (const auto* line : {&policy.value_of_time, &policy.minimize, &policy.choose}) {
      if (*line) CHECK(text.find(": " + (*line)->text + "\n") != std::string::npos);
    }
    for (const config::SourceText& tier : policy.prefer)
      CHECK(text.find("- " + tier.text + "\n") != std::string::npos);
  }
}

TEST_CASE("the names that configurations may not take are those of the shipped policies") {
  std::vector<std::string> names;
  for (const config::PolicySettings& policy : routing::shipped_policies()) names.push_back(policy.name.text);
  CHECK(std::ranges::equal(names, config::shipped_policy_names));
}

#include <doctest/doctest.h>

#include "routing/policy/overlay.hpp"
#include "routing/policy/policy_set.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

TEST_CASE("a provider of which only a dearer service tier is there is no unknown one") {
  config::Settings settings = support::small_settings();
  settings.models[0].endpoints[1].name = {"cloud/priority"};
  settings.providers[1].display_name = "The Cloud";
  const Catalogue catalogue(settings, 1);
  for (const ProviderPreferences& preferences :
       {ProviderPreferences{.only = {"cloud"}}, ProviderPreferences{.ignore = {"Cloud"}},
        ProviderPreferences{.order = {"the cloud"}}})
    CHECK_FALSE(fault_in(preferences, catalogue));
  CHECK_FALSE(matches("cloud", catalogue.endpoints()[1]));
}

TEST_CASE("who ignores a provider is not sent to a service tier of it") {
  config::Settings settings = support::small_settings();
  settings.models[0].endpoints[1].name = {"cloud/priority"};
  settings.providers[1].display_name = "The Cloud";
  const Catalogue catalogue(settings, 1);
  const auto is_left_out_by = [&](std::string slug, std::size_t endpoint) {
    const Overlay overlay(ProviderPreferences{.ignore = {std::move(slug)}});
    return overlay.filter(catalogue.endpoints()[endpoint], {}) == Filter::ignore;
  };
  CHECK(is_left_out_by("cloud", 1));
  CHECK(is_left_out_by("the cloud", 1));
  CHECK(is_left_out_by("cloud/priority", 1));
  CHECK_FALSE(is_left_out_by("cloud", 0));
  CHECK_FALSE(is_left_out_by("cloud/flex", 1));
}

TEST_CASE("a budget of the policy's bends no order of the request's own") {
  const PolicySet policies = support::compiled_set(support::small_settings());
  Policy paced = *policies.find("balanced");
  paced.budget = 40;
  const auto budget_with = [&](ProviderPreferences preferences) {
    return overlaid(paced, std::make_shared<const Overlay>(std::move(preferences))).budget;
  };
  CHECK_FALSE(budget_with({.sort = "latency"}).has_value());
  CHECK(budget_with({.only = {"maker"}}) == 40);
  CHECK(budget_with({.order = {"maker"}, .sort = "latency"}) == 40);
}

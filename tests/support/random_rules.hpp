// Random fleets, rules and preferences for tests that look for one that is ever broken. What a rule forbids
// is said a second time here, without the policy language.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "routing/policy/preferences.hpp"
#include "tests/support/fleet.hpp"

namespace support {

using namespace routing;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  double share() { return drawn(seed_, Purpose::weigh, ++place_); }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(share() * static_cast<double>(count));
  }
  bool happens(double probability) { return share() < probability; }
  std::optional<bool> unsure() {
    const std::size_t which = below(3);
    return which == 2 ? std::nullopt : std::optional(which == 1);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t place_ = 0;
};

// A condition, and the same in C++. What is not declared satisfies neither it nor its opposite.
struct Condition {
  std::string text;
  std::function<bool(const Endpoint&)> holds;
};

inline const std::array<std::string, 4> countries{"US", "CN", "FR", "JP"};

inline Condition random_atom(Dice& dice) {
  const std::string country = countries[dice.below(4)], other = countries[dice.below(4)];
  switch (dice.below(7)) {
    case 0:
      return {"jurisdiction in [" + country + ", " + other + "]", [=](const Endpoint& e) {
                const auto& where = e.provider->jurisdiction;
                return where && (*where == country || *where == other);
              }};
    case 1:
      return {"jurisdiction != " + country, [=](const Endpoint& e) {
                return e.provider->jurisdiction && *e.provider->jurisdiction != country;
              }};
    case 2:
      return {"not trains_on_prompts",
              [](const Endpoint& e) { return e.provider->data_policy.trains_on_prompts == false; }};
    case 3:
      return {"zdr", [](const Endpoint& e) { return e.provider->data_policy.zero_data_retention == true; }};
    case 4:
      return {"quantization in [bf16, fp8]", [](const Endpoint& e) {
                return e.settings->quantization == config::Quantization::bf16 ||
                       e.settings->quantization == config::Quantization::fp8;
              }};
    case 5:
      return {"price.output <= 3 $/Mtok", [](const Endpoint& e) { return e.dollars_per_output <= 3e-6; }};
    default:
      return {"not retains_prompts",
              [](const Endpoint& e) { return e.provider->data_policy.retains_prompts == false; }};
  }
}

inline Condition random_condition(Dice& dice) {
  const Condition a = random_atom(dice);
  if (dice.happens(0.4)) return a;
  const Condition b = random_atom(dice);
  if (dice.happens(0.5)) {
    return {a.text + " and " + b.text, [=](const Endpoint& e) { return a.holds(e) && b.holds(e); }};
  }
  return {"(" + a.text + ") or (" + b.text + ")",
          [=](const Endpoint& e) { return a.holds(e) || b.holds(e); }};
}

inline config::Settings random_settings(Dice& dice) {
  std::vector<support::Host> hosts;
  const std::size_t count = 1 + dice.below(7);
  for (std::size_t i = 0; i < count; ++i) {
    support::Host host{.name = "host" + std::to_string(10 * i + dice.below(3)),
                       .output_price = 6 * dice.share()};
    if (dice.happens(0.8)) host.jurisdiction = countries[dice.below(4)];
    host.quantization = static_cast<config::Quantization>(dice.below(12));
    hosts.push_back(host);
  }
  config::Settings settings = support::settings_of(hosts);
  for (config::ProviderSettings& provider : settings.providers) {
    provider.data_policy = {dice.unsure(), dice.unsure(), dice.unsure()};
  }
  config::ModelSettings second = settings.models[0];
  second.name = {"second"};
  settings.models.push_back(second);
  return settings;
}

inline ProviderPreferences random_wish(Dice& dice, const Catalogue& catalogue) {
  const auto any = [&] {
    return catalogue.endpoints()[dice.below(catalogue.endpoints().size())].settings->name.text;
  };
  ProviderPreferences wish;
  if (dice.happens(0.3)) wish.only = {any(), any(), any()};
  if (dice.happens(0.3)) wish.ignore = {any()};
  if (dice.happens(0.4)) wish.order = {any(), any()};
  if (dice.happens(0.2)) wish.fallbacks = Fallbacks::forbidden;
  if (dice.happens(0.2)) wish.data_collection = "deny";
  if (dice.happens(0.2)) wish.zdr = true;
  if (dice.happens(0.2)) wish.quantizations = {"fp8", "bf16"};
  if (dice.happens(0.2)) wish.sort = "price";
  if (dice.happens(0.3)) wish.max_price.completion = 1 + 4 * dice.share();
  return wish;
}

inline std::string wish_broken(const ProviderPreferences& wish, const Endpoint& endpoint) {
  const auto is_in = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, endpoint.settings->name.text) != names.end();
  };
  const config::DataPolicy& data = endpoint.provider->data_policy;
  const config::Quantization q = endpoint.settings->quantization;
  using enum config::Quantization;
  if (!wish.only.empty() && !is_in(wish.only)) return "only";
  if (is_in(wish.ignore)) return "ignore";
  if (!wish.order.empty() && wish.fallbacks == Fallbacks::forbidden && !is_in(wish.order)) return "order";
  if (wish.data_collection == "deny" && data.trains_on_prompts != false) return "data_collection";
  if (wish.zdr && data.zero_data_retention != true) return "zdr";
  if (!wish.quantizations.empty() && q != fp8 && q != mxfp8 && q != bf16) return "quantizations";
  const auto& ceiling = wish.max_price.completion;
  if (ceiling && endpoint.dollars_per_output * 1e6 > *ceiling + 1e-6) return "max_price";
  return "";
}

inline const Endpoint* named(const Catalogue& catalogue, const Endpoint& endpoint) {
  for (const Endpoint& each : catalogue.endpoints()) {
    if (each.settings->name == endpoint.settings->name && each.model->name == endpoint.model->name) {
      return &each;
    }
  }
  return nullptr;
}

}  // namespace support

#include "routing/policy/shipped.hpp"

#include <string>
#include <utility>

namespace routing {

namespace {

config::SourceText text(std::string words) {
  return {.text = std::move(words), .place = {.file = "shipped policies", .line = 1, .column = 1}};
}

config::PolicySettings named(std::string name, std::string description) {
  return {.name = {std::move(name)},
          .place = {.file = "shipped policies"},
          .description = std::move(description),
          .require = {},
          .prefer = {},
          .relax = {}};
}

config::PolicySettings valued(std::string name, std::string description, std::string value_of_time) {
  config::PolicySettings policy = named(std::move(name), std::move(description));
  policy.value_of_time = text(std::move(value_of_time));
  return policy;
}

}  // namespace

std::vector<config::PolicySettings> shipped_policies() {
  config::PolicySettings balanced = valued(
      "balanced", "A program waits: an hour of waiting is worth 3.6 dollars, a tenth of a cent a second.",
      "3.6 $/h");

  config::PolicySettings cheapest = valued(
      "cheapest", "The least money that a good answer is expected to cost; time is worth nothing.", "0 $/h");
  cheapest.hedge_budget = 0;

  config::PolicySettings fastest =
      valued("fastest", "The least time to the whole answer; money decides only between equally fast hosts.",
             "3600 $/h");

  config::PolicySettings interactive =
      valued("interactive", "Someone is waiting at a screen: an hour is worth 18 dollars.", "18 $/h");
  interactive.prefer.push_back(text("probability(ttft > 10 s) <= 20 %"));

  config::PolicySettings batch = valued(
      "batch", "Nobody waits: an hour is worth 36 cents, and nothing is ever asked for twice.", "0.36 $/h");
  batch.hedge_budget = 0;

  config::PolicySettings openrouter = named(
      "openrouter",
      "A draw among the healthy hosts by the inverse square of the price, as OpenRouter did until 2026.");
  openrouter.prefer.push_back(text("failure <= 20 %"));
  openrouter.choose = text("weighted(price ^ -2)");
  openrouter.hedge_budget = 0;
  openrouter.explore = 0;

  return {balanced, cheapest, fastest, interactive, batch, openrouter};
}

}  // namespace routing

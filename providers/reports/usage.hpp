// Token counts as hosts report them, in all their spellings, made into one form. What a host says of usage is
// money and so distrusted: what cannot be is flagged, never believed.
#pragma once

#include <optional>
#include <string_view>

#include "providers/json/json_walk.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

struct ReportedUsage {
  std::optional<routing::Usage> usage{};  // absent when none was reported or it was unusable
  bool anomaly = false;                   // something negative, fractional, huge or contradictory was found
  // The host's own figure for the cost, as it stands in the text: what a buyer with a key of his own pays
  // elsewhere is not in it, but it is in `usage->cost`.
  std::optional<double> cost_said{};
  ByteRange cost_value{};  // where that stands, whatever it is; empty: nowhere
};

// What the members of a usage are called where APIs differ in it.
struct UsageWords {
  std::string_view prompt = "prompt_tokens";
  std::string_view completion = "completion_tokens";
  std::string_view prompt_details = "prompt_tokens_details";
  std::string_view completion_details = "completion_tokens_details";
};

// Takes the word that a host has for how it served a request; what is no such word leaves `tier` as it is.
inline bool take_service_tier(JsonWalk& walk, std::optional<config::ServiceTier>& tier) {
  if (walk.type() != JsonType::string) return walk.skip();
  const auto word = walk.string();
  if (!word) return false;
  if (const auto known = config::service_tier_of(word->raw)) tier = known;
  return true;
}

// Where the total says that completion_tokens leaves reasoning tokens out, as xAI's does, they are added.
// Consumes the value of a `usage` member of a chat reply or chunk, whatever its type.
// Its members' names are OpenAI's chat's, where no others are given.
ReportedUsage read_usage(JsonWalk& walk, const UsageWords& words = {});

}  // namespace providers

// Which policy a request gets when it may ask for one itself: by header, or by a suffix of the model's name.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "routing/policy/policy_set.hpp"

namespace routing {

// Why a request is turned away before anything is decided, ready for the client.
struct Refusal {
  int status = 400;
  std::string message;
  std::string field;  // of the request: "provider.order"; empty when it is none
  enum class Why { fault, contradiction } why = Why::fault;  // of one thing, or of two that disagree
};

// "deepseek-r1:interactive" in two; the suffix is empty without a colon.
struct ModelAndSuffix {
  std::string_view model;
  std::string_view suffix;
};
// To be used when no model has the whole name: some models have a colon in their own.
ModelAndSuffix split_suffix(std::string_view model);

// The policy that a suffix stands for, if the key may use it: the one of its name, or what OpenRouter's mean.
// The suffixes `nitro` and `floor` stand for `fastest` and `cheapest` unless policies of these names exist.
const Policy* find_suffix(const PolicySet& policies, std::string_view suffix, const config::KeySettings* key);

// What the client asked for; empty where it did not.
struct AskedPolicy {
  std::string_view header;  // x-isocost-policy
  std::string_view suffix;
};

using Selection = std::variant<Choice, Refusal>;

// What the request asks for, if its key may use it; else what the rules, the key or the default say.
Selection select_policy(const PolicySet& policies, const Demand& demand, AskedPolicy asked);

}  // namespace routing

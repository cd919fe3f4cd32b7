// Policies for tests, compiled from their texts.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "routing/policy/policy_set.hpp"

namespace support {

inline config::SourceText text(std::string words) {
  return {.text = std::move(words), .place = {"test.yaml", 2, 1}};
}

inline config::PolicySettings policy_named(std::string name) {
  config::PolicySettings policy{};
  policy.name = {std::move(name)};
  policy.place = {"test.yaml", 1, 1};
  return policy;
}

// Throws what is wrong with them.
inline routing::PolicySet compiled_set(config::Settings settings) {
  config::Problems problems;
  routing::PolicySet set = routing::compile(settings, problems);
  for (const config::Problem& problem : problems) {
    if (problem.severity == config::Severity::error) throw std::invalid_argument(config::to_text(problem));
  }
  return set;
}

inline routing::Policy compiled(const config::PolicySettings& policy) {
  config::Settings settings{};
  settings.policies = {policy};
  return *compiled_set(settings).find(policy.name.text);
}

inline config::PolicySettings ten_expressions() {
  config::PolicySettings policy = policy_named("ten");
  policy.allow = text("jurisdiction in [US, EU] or not zdr or price >= $0");
  policy.require = {text("context >= prompt + max_output"),
                    text("ttft.p90 <= 300 s"),
                    text("price.output <= 60 $/Mtok"),
                    text("uptime >= 1 %"),
                    text("failure <= 90 %"),
                    text("probability(ttft > 100 s) <= 50 %"),
                    text("throughput >= 1 tok/s")};
  policy.prefer = {text("quantization in [bf16, fp8]")};
  policy.minimize = text("price + 18 $/h * ttft + 6 $/h * generation");
  return policy;
}

}  // namespace support

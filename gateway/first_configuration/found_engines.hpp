// Inference engines that answer nearby. Asks them which models they have, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/values/settings.hpp"

namespace gateway {

struct FoundModel {
  std::string id;
  std::optional<std::int64_t> context{};  // tokens, where the engine says it
};

struct FoundEngine {
  config::BaseUrl url;  // with the path of its API
  std::optional<config::EngineKind> kind{};
  std::vector<FoundModel> models;
  bool wants_key = false;  // then it says nothing of its models
};

// Where engines usually are: on this machine, at the ports of their makers.
std::vector<config::BaseUrl> usual_engines();

// Those of `at` where one is. Blocks, for as long as `limit` at most for each step.
std::vector<FoundEngine> find_engines(const std::vector<config::BaseUrl>& at, config::Duration limit);

}  // namespace gateway

// The prompt blocks a simulated host remembers, least recently used out first. Belongs to its host.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <unordered_map>

#include "config/values/fleet.hpp"

namespace routing {

class HostPromptCache {
 public:
  explicit HostPromptCache(const config::PromptCacheBehaviour& settings) : settings_(settings) {}

  // How many tokens of the prompt's beginning are remembered.
  config::Tokens known(std::span<const std::uint64_t> blocks, config::TimePoint now) const;
  void remember(std::span<const std::uint64_t> blocks, config::TimePoint now);

 private:
  struct Block {
    std::uint64_t hash = 0;
    config::TimePoint last_use{};
  };

  config::PromptCacheBehaviour settings_;
  std::list<Block> by_use_;  // the latest in front
  std::unordered_map<std::uint64_t, std::list<Block>::iterator> by_hash_;
};

}  // namespace routing

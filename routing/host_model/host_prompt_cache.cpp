#include "routing/host_model/host_prompt_cache.hpp"

namespace routing {

config::Tokens HostPromptCache::known(std::span<const std::uint64_t> blocks, config::TimePoint now) const {
  std::int64_t matched = 0;
  for (const std::uint64_t hash : blocks) {
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end() || now - found->second->last_use > settings_.time_to_live) break;
    ++matched;
  }
  return {matched * settings_.block_tokens};
}

void HostPromptCache::remember(std::span<const std::uint64_t> blocks, config::TimePoint now) {
  for (const std::uint64_t hash : blocks) {
    const auto [place, fresh] = by_hash_.try_emplace(hash);
    if (fresh) {
      place->second = by_use_.insert(by_use_.begin(), Block{hash, now});
    } else {
      place->second->last_use = now;
      by_use_.splice(by_use_.begin(), by_use_, place->second);
    }
  }
  while (by_use_.size() > settings_.capacity) {
    by_hash_.erase(by_use_.back().hash);
    by_use_.pop_back();
  }
}

}  // namespace routing

// How many tokens hosts count in the prompts of a client for one that we estimate: an average that follows,
// per (public model, client key), over all its hosts. What a client writes, code or prose, in which language,
// is not laid to a host's charge then. Belongs to the market.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace routing {

class PromptScales {
 public:
  static constexpr std::size_t most = 4096;  // clients; of more nothing is known
  static constexpr double least = 20;        // prompts
  static constexpr double slowest = 0.005;   // gain, so that a host that changes is not followed at once

  // How far the logarithm of one is from what was usual; nothing while there were few.
  std::optional<double> off(std::uint64_t client, double logarithm) {
    const auto found = clients_.find(client);
    if (found == clients_.end() && clients_.size() >= most) return std::nullopt;
    Usual& usual = found == clients_.end() ? clients_[client] : found->second;
    const std::optional<double> result =
        usual.count < least ? std::nullopt : std::optional(logarithm - usual.mean);
    usual.count += 1;
    usual.mean += (logarithm - usual.mean) * std::max(slowest, 1 / usual.count);
    return result;
  }

 private:
  struct Usual {
    double mean = 0, count = 0;
  };
  std::unordered_map<std::uint64_t, Usual> clients_;
};

}  // namespace routing

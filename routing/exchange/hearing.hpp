// What a gateway makes of the others' bulletins: each is learned from once, in the order of its sender; what
// others have under way counts for as long as they are heard of. Belongs to whoever has the market.
#pragma once

#include <unordered_map>

#include "routing/exchange/bulletin.hpp"
#include "routing/market/market.hpp"

namespace routing {

class Hearing {
 public:
  // `own` is this gateway's name as a sender.
  Hearing(std::uint64_t own, Market& market) : own_(own), market_(market) {}

  void adopt(const Catalogue& catalogue);
  // Whether anything was learned from it.
  bool hear(const Bulletin& bulletin, config::TimePoint now);
  // Time has passed: those who are not heard of any more have nothing under way. Whether that changes
  // anything.
  bool pass(config::TimePoint now);

  // Others that are there.
  std::size_t gateways(config::TimePoint now) const;
  std::uint64_t learned() const { return learned_; }  // pieces

  static constexpr std::size_t most_gateways = 64;

 private:
  struct Other {
    std::uint64_t sequence = 0;
    config::TimePoint heard{};
    std::vector<Bulletin::Load> loads{};
  };
  bool count_loads();

  const std::uint64_t own_;
  Market& market_;
  std::unordered_map<std::uint64_t, EndpointIndex> by_name_;
  std::unordered_map<std::uint64_t, Other> others_;
  std::vector<double> under_way_;  // by EndpointIndex
  std::uint64_t learned_ = 0;
};

}  // namespace routing

// Peak-EWMA: an average of latency that jumps to every peak at once and falls back slowly, times the
// requests under way. With two random choices it is what tower and Linkerd ship (tower-rs/tower,
// tower/src/load/peak_ewma.rs and tower/src/balance/p2c; Linkerd's proxy starts at 30 ms and forgets with
// 10 s), with a full scan what Helicone's AI gateway made of it (250 ms, 30 s). Both take the time to the
// response's head, which for a stream is its first token, and count a request until then. tower counts a
// request that failed like any other; Helicone leaves it out and takes no more from a host of which a tenth
// of at least 20 requests in the last minute failed (Helicone/ai-gateway, health monitor).
#pragma once

#include <vector>

#include "routing/simulation/balancer.hpp"

namespace routing {

struct PeakEwmaSettings {
  config::Seconds initial{};
  config::Seconds decay{};
  enum class Scan { two_random, all } scan = Scan::all;
  enum class Failures { counted, left_out } failures = Failures::left_out;
};
inline constexpr PeakEwmaSettings tower_peak_ewma{.initial = config::Seconds{0.03},
                                                  .decay = config::Seconds{10},
                                                  .scan = PeakEwmaSettings::Scan::two_random,
                                                  .failures = PeakEwmaSettings::Failures::counted};
inline constexpr PeakEwmaSettings helicone_peak_ewma{.initial = config::Seconds{0.25},
                                                     .decay = config::Seconds{30},
                                                     .scan = PeakEwmaSettings::Scan::all,
                                                     .failures = PeakEwmaSettings::Failures::left_out};

class PeakEwmaBalancer final : public Balancer {
 public:
  PeakEwmaBalancer(const PeakEwmaSettings& settings, std::size_t endpoints)
      : settings_(settings), known_(endpoints, Estimate{settings.initial.count()}) {}

  EndpointIndex pick(std::span<const EndpointIndex> eligible, const Situation& situation, const Catalogue&,
                     Dice dice) override;
  void dispatched(EndpointIndex endpoint, config::TimePoint) override { ++known_[endpoint].pending; }
  void first_token(EndpointIndex endpoint, config::Duration waited, config::TimePoint now) override;
  void ended(const Attempt& attempt, const Demand&, config::TimePoint now) override;

 private:
  struct Estimate {
    double seconds = 0;
    config::TimePoint updated{};
    int pending = 0;
    double requests = 0, failures = 0;  // of about the last minute
    config::TimePoint counted{};
  };
  void count(Estimate& estimate, double failed, config::TimePoint now) const;
  bool is_healthy(const Estimate& estimate) const;
  void observe(Estimate& estimate, double seconds, config::TimePoint now) const;
  double load(Estimate& estimate, config::TimePoint now) const;

  PeakEwmaSettings settings_;
  std::vector<Estimate> known_;
  std::vector<EndpointIndex> healthy_;  // scratch
};

}  // namespace routing

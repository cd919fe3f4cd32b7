// What is counted of load and money before each look at the metrics. Belongs to the control loop's thread.
#pragma once

#include <array>
#include <cstdint>

#include "gateway/control/control_loop.hpp"
#include "gateway/control/key_desk.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/redis/market_exchange.hpp"
#include "gateway/redis/shared_limits.hpp"
#include "gateway/run/shared.hpp"

namespace gateway {

class MoneyMetrics {
 public:
  // Those that are null are not there.
  struct From {
    const Shared& shared;
    const Books& books;
    const ControlLoop& control;
    config::WallTime wall;
    const Ledger* ledger = nullptr;
    const SharedLimits* sharing = nullptr;
    const MarketExchange* exchange = nullptr;
    const KeyDesk* keys = nullptr;
  };
  void observe(const From& from, Metrics& metrics);

 private:
  void observe_exchange(const MarketExchange& exchange, const ControlLoop& control, Metrics& metrics);
  void observe_ledger(const Ledger& ledger, Metrics& metrics);
  void count(Metrics& metrics, Event event, std::uint64_t now);

  std::array<std::uint64_t, event_count> before_{};  // as the metrics have them
};

}  // namespace gateway

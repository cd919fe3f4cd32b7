// What this gateway shares with others over Redis, where there is one: limits, and what is measured.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/control/gateway.hpp"
#include "gateway/control/kept_state.hpp"
#include "gateway/redis/market_exchange.hpp"
#include "gateway/redis/shared_limits.hpp"

namespace gateway {

class Sharing {
 public:
  // Where an operator reads what happens; from any thread.
  using Say = std::function<void(const std::string&)>;
  // All must outlive it.
  Sharing(const Start& start, ControlLoop& control, KeptState& kept, Say say)
      : start_(start), control_(control), kept_(kept), say_(std::move(say)) {}

  // Both must outlive it.
  void share_limits(Books& books, Ledger& ledger);
  // Once the market knows what it is to know at the start.
  void share_market();
  // Once the loops have ended. May wait for Redis.
  void end();

  const SharedLimits* limits() const { return limits_.get(); }    // null: they are not shared
  const MarketExchange* market() const { return market_.get(); }  // likewise

 private:
  template <class Work>
  void on_control(Work work);

  const Start& start_;
  ControlLoop& control_;
  KeptState& kept_;
  Say say_;
  std::unique_ptr<SharedLimits> limits_;
  std::unique_ptr<MarketExchange> market_;
};

}  // namespace gateway

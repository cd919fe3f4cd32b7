// Measures how long another contender takes to decide. Belongs to one simulation.
#pragma once

#include "routing/simulation/contender.hpp"

namespace gateway {

struct Deciding {
  config::Duration time{};
  std::uint64_t times = 0;
};

class TimedContender final : public routing::Contender {
 public:
  // `sum` must outlive this.
  TimedContender(std::unique_ptr<routing::Contender> inner, Deciding& sum)
      : inner_(std::move(inner)), sum_(sum) {}

  const routing::Policy& terms() const override { return inner_->terms(); }
  routing::Turn choose(const routing::Situation& situation) override {
    const config::TimePoint before = config::Clock::now();
    const routing::Turn turn = inner_->choose(situation);
    sum_.time += config::Clock::now() - before;
    ++sum_.times;
    return turn;
  }
  std::optional<routing::Ask> hedge(const routing::Situation& situation) override {
    return inner_->hedge(situation);
  }
  void dispatched(routing::EndpointIndex endpoint, config::TimePoint now) override {
    inner_->dispatched(endpoint, now);
  }
  void first_token(routing::Attempt& attempt, const routing::Demand& demand, config::TimePoint now) override {
    inner_->first_token(attempt, demand, now);
  }
  void ended(const routing::Attempt& attempt, const routing::Demand& demand, config::TimePoint now) override {
    inner_->ended(attempt, demand, now);
  }
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue, config::TimePoint now) override {
    inner_->adopt(std::move(catalogue), now);
  }

 private:
  std::unique_ptr<routing::Contender> inner_;
  Deciding& sum_;
};

}  // namespace gateway

#include "routing/simulation/several_gateways.hpp"

#include <algorithm>
#include <cmath>

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// As live: each tells and hears so often, and what one tells the others hear when it is there.
constexpr config::Duration between_exchanges = 100ms;
constexpr config::Duration on_the_way = 5ms;
constexpr config::Duration kept = 5s;

SharedMoment shared(config::TimePoint now) {
  return {.shared = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()),
          .own = now};
}

}  // namespace

SeveralGateways::Gateway::Gateway(const Policy& policy, CoreParts without,
                                  const std::shared_ptr<const Catalogue>& catalogue, std::uint64_t sender,
                                  config::TimePoint now)
    : core(policy, without, catalogue, now),
      own(catalogue->endpoints().size()),
      telling(sender, core.market()),
      hearing(sender, core.market()),
      next_exchange(now) {
  hearing.adopt(*catalogue);
}

SeveralGateways::SeveralGateways(const Policy& policy, CoreParts without, std::size_t count,
                                 Exchange exchange, std::shared_ptr<const Catalogue> catalogue,
                                 config::TimePoint now)
    : exchange_(exchange), catalogue_(std::move(catalogue)) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto later = between_exchanges * static_cast<int>(i) / static_cast<int>(count);
    gateways_.push_back(std::make_unique<Gateway>(policy, without, catalogue_, i + 1, now));
    gateways_.back()->next_exchange += later;
  }
}

void SeveralGateways::pass(config::TimePoint now) {
  if (exchange_ == Exchange::nothing) return;
  for (;;) {
    const auto next =
        std::ranges::min_element(gateways_, {}, [](const auto& each) { return each->next_exchange; });
    Gateway& gateway = **next;
    if (gateway.next_exchange > now) return;
    exchange(gateway, gateway.next_exchange);
    gateway.next_exchange += between_exchanges;
  }
}

void SeveralGateways::exchange(Gateway& gateway, config::TimePoint now) {
  if (const auto bulletin = gateway.telling.take(*catalogue_, gateway.own, now)) {
    board_.push_back({now, bytes_of(*bulletin, shared(now))});
  }
  while (!board_.empty() && now - board_.front().at > kept) {
    board_.pop_front();
    ++taken_off_;
  }
  bool is_news = gateway.hearing.pass(now);
  gateway.read = std::max(gateway.read, taken_off_);
  for (; gateway.read < taken_off_ + board_.size(); ++gateway.read) {
    const Posted& posted = board_[gateway.read - taken_off_];
    if (now - posted.at < on_the_way) break;
    const auto bulletin = bulletin_of(posted.bytes, shared(now));
    if (bulletin && gateway.hearing.hear(*bulletin, now)) is_news = true;
  }
  if (is_news) gateway.core.hears_of_others();
}

Turn SeveralGateways::choose(const Situation& situation) {
  pass(situation.now);
  if (situation.tried.empty()) home_[&situation.demand] = mixed(situation.seed) % gateways_.size();
  Gateway& gateway = gateway_of(situation.demand);
  const Turn turn = gateway.core.choose({.demand = situation.demand,
                                         .tried = situation.tried,
                                         .in_flight = gateway.own,
                                         .now = situation.now,
                                         .seed = situation.seed});
  if (const auto* ask = std::get_if<Ask>(&turn))
    next_ = {.demand = &situation.demand, .is_trial = ask->attempted == Ask::Attempted::trial};
  return turn;
}

std::optional<Ask> SeveralGateways::hedge(const Situation& situation) {
  pass(situation.now);
  Gateway& gateway = gateway_of(situation.demand);
  next_ = {.demand = &situation.demand};
  return gateway.core.hedge({.demand = situation.demand,
                             .tried = situation.tried,
                             .in_flight = gateway.own,
                             .now = situation.now,
                             .seed = situation.seed});
}

void SeveralGateways::dispatched(EndpointIndex endpoint, config::TimePoint now) {
  Gateway& gateway = gateway_of(*next_.demand);
  const double others = std::round(gateway.core.others_at(endpoint));
  next_.endpoint = endpoint;
  next_.dispatched = now;
  next_.in_flight = gateway.own.at(endpoint) + static_cast<int>(others);
  gateway.own.counter(endpoint).fetch_add(1, std::memory_order_relaxed);
  if (next_.is_trial) gateway.own.trials(endpoint).fetch_add(1, std::memory_order_relaxed);
  under_way_.push_back(next_);
  gateway.core.dispatched(endpoint, now);
}

std::deque<SeveralGateways::UnderWay>::iterator SeveralGateways::find(const Attempt& attempt,
                                                                      const Demand& demand) {
  return std::ranges::find_if(under_way_, [&](const UnderWay& each) {
    return each.demand == &demand && each.endpoint == attempt.endpoint &&
           each.dispatched == attempt.dispatched;
  });
}

void SeveralGateways::end_trial(UnderWay& attempt) {
  if (!std::exchange(attempt.is_trial, false)) return;
  gateway_of(*attempt.demand).own.trials(attempt.endpoint).fetch_sub(1, std::memory_order_relaxed);
}

void SeveralGateways::first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) {
  pass(now);
  const auto found = find(attempt, demand);
  attempt.in_flight = found->in_flight;
  end_trial(*found);
  gateway_of(demand).core.first_token(attempt, demand, now);
}

void SeveralGateways::ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) {
  pass(now);
  const auto found = find(attempt, demand);
  Attempt known = attempt;
  known.in_flight = found->in_flight;
  end_trial(*found);
  Gateway& gateway = gateway_of(demand);
  gateway.own.counter(attempt.endpoint).fetch_sub(1, std::memory_order_relaxed);
  under_way_.erase(found);
  gateway.core.ended(known, demand, now);
}

void SeveralGateways::adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) {
  pass(now);
  catalogue_ = std::move(catalogue);
  for (const auto& gateway : gateways_) {
    gateway->core.adopt(catalogue_, now);
    gateway->hearing.adopt(*catalogue_);
  }
}

}  // namespace routing

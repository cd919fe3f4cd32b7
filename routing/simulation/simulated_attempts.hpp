// What befalls attempts at the hosts of a simulated market: let in or refused, streaming, ended, cut, billed.
// What follows from it, retries and hedges, is the journey's. Belongs to one simulation; times must not go
// back between calls.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "routing/simulation/contender.hpp"
#include "routing/simulation/simulated_market.hpp"
#include "routing/simulation/simulated_traffic.hpp"

namespace routing {

class SimulatedAttempts {
 public:
  // `market` and `contender` must outlive this. `seed` is the scenario's.
  SimulatedAttempts(SimulatedMarket& market, Contender& contender, std::uint64_t seed);

  // From now on attempts are billed at its prices.
  void adopt(std::shared_ptr<const Catalogue> catalogue) { catalogue_ = std::move(catalogue); }
  const InFlight& in_flight() const { return in_flight_; }

  static constexpr config::TimePoint never = config::TimePoint::max();
  // What will happen next at any host by itself; `never` when nothing will.
  struct Coming {
    EndpointIndex host = 0;
    config::TimePoint at{};
  };
  Coming coming() const;
  // Lets it happen. Nothing: nobody there had something to tell.
  struct Happened {
    Change::What what{};
    Holder holder{};
  };
  std::optional<Happened> take(const Coming& coming);

  // Begins a leg, which `holder` names. A refused one has ended at once.
  enum class Sent { under_way, refused };
  Sent send(SimulatedRequest& request, Leg& leg, Holder holder, const Ask& ask, config::TimePoint now);
  void begin_stream(const SimulatedRequest& request, Leg& leg, config::TimePoint now);
  // It ended as it should, or did not. The request pays, and the contender learns of it.
  void complete(SimulatedRequest& request, Leg& leg, config::TimePoint now);
  void cut(SimulatedRequest& request, Leg& leg, FailureKind kind, Progress progress, config::TimePoint now);

  bool will_stall(const Leg& leg) { return model(leg).will_stall(leg.ticket); }
  struct Output {
    std::int64_t tokens = 0;
    StreamPart part{};  // that the next one belongs to
  };
  Output output(const Leg& leg, config::TimePoint now);

 private:
  HostModel& model(const Leg& leg) { return market_.model(leg.attempt.endpoint); }
  const Endpoint& endpoint(const Leg& leg) const { return catalogue_->endpoints()[leg.attempt.endpoint]; }
  void refresh(EndpointIndex host);
  // `output`: tokens the host counted; `billed`: those it bills.
  void count_usage(const SimulatedRequest& request, Leg& leg, std::int64_t output, std::int64_t billed,
                   config::TimePoint now);
  void end_trial(Leg& leg);
  void release(Leg& leg, config::TimePoint now);
  void close(SimulatedRequest& request, Leg& leg, config::TimePoint now);

  SimulatedMarket& market_;
  Contender& contender_;
  std::uint64_t seed_;
  std::shared_ptr<const Catalogue> catalogue_;
  InFlight in_flight_;
  std::vector<config::TimePoint> next_change_;  // by host
  std::vector<std::vector<Holder>> holders_;    // by host and the ticket's place
};

}  // namespace routing

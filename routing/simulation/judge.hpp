// Keeps the score of a simulation: bills, what the waits were worth, and a fine for requests that nobody
// answered. Belongs to one simulation.
#pragma once

#include "routing/simulation/simulated_market.hpp"
#include "routing/simulation/simulated_traffic.hpp"
#include "routing/simulation/simulation.hpp"

namespace routing {

class Judge {
 public:
  // Both must outlive this. The scenario has a request at least.
  Judge(const Scenario& scenario, const SimulatedMarket& market);

  void arrived() { ++card_.requests; }
  // A request's first attempt goes to `host`.
  void chosen(const SimulatedRequest& request, EndpointIndex host);
  // Any attempt does.
  void sent(EndpointIndex host);
  void hedged() { ++card_.hedges; }
  void answered(const SimulatedRequest& request, const Attempt& attempt);
  void failed(const SimulatedRequest& request, config::TimePoint now);
  // To be asked once, at the end.
  Scorecard result();

 private:
  double ordinary_cost(const SimulatedRequest& request) const;

  const Scenario& scenario_;
  const SimulatedMarket& market_;
  config::Duration slice_;
  std::vector<double> fines_;  // dollars
  Scorecard card_;
};

}  // namespace routing

// Runs a trace through a contender and a simulated market: arrivals, attempts, retries, hedges, streams and
// their endings, event by event in simulated time. The same arguments give the same result, to the last bit.
// One thread. Source of the form: discrete-event simulation with common random numbers (Law, "Simulation
// Modeling and Analysis"): what befalls a request at a host depends on the request, the attempt and the
// host, and not on who sent it there.
#pragma once

#include <functional>
#include <memory>

#include "config/values/trace.hpp"
#include "routing/simulation/contender.hpp"
#include "routing/simulation/scorecard.hpp"
#include "routing/simulation/simulated_market.hpp"

namespace routing {

struct Scenario {
  const config::Fleet* fleet = nullptr;  // one model only
  const config::Trace* trace = nullptr;
  WorldFamily family = WorldFamily::drifting;
  std::uint64_t seed = 1;
  // What a second is worth to whoever judges the outcome, and until when a first token should come.
  Policy values{};
  // What nobody's answering a request costs, in ordinary answers of it; never less than the longest wait for
  // a first token was worth, or it would pay to refuse whom one lets wait.
  double failure_fine = 10;
  config::Seconds slo{2};
  // Whether a stream without progress is cut, by the rule of vigil.hpp.
  enum class Stalls { cut, waited_for } stalls = Stalls::cut;
};

// Makes a contender for a market that begins at `now`.
using MakeContender =
    std::function<std::unique_ptr<Contender>(SimulatedMarket& market, config::TimePoint now)>;
// Called now and then with how many of the trace's requests have come; says whether to go on.
enum class GoOn { yes, no };
using Watch = std::function<GoOn(std::size_t requests)>;

Scorecard simulate(const Scenario& scenario, const MakeContender& make, const Watch& watch = {});

}  // namespace routing

// What the market keeps of one endpoint beside its published state: windows, and the sums behind slow
// averages. Belongs to the market.
#pragma once

#include <memory>

#include "routing/market/measures.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// What this request led one to expect, for judging the reply by it.
struct Expectation {
  Length length;
  double cached_tokens = 0;  // of the prompt, by the blocks this endpoint saw before
};

class Dossier {
 public:
  // Learns everything but health. Time has been passed on `state` already.
  void learn(EndpointState& state, const Attempt& attempt, const Demand& demand, const Expectation& expected,
             config::TimePoint now);
  // Lets time pass on what is believed.
  void pass(EndpointState& state, const SpeedPrior& prior, config::TimePoint now);
  // Brings what was measured up to `now`.
  void measure(EndpointState& state, Measured& half_hour, config::TimePoint now);

 private:
  void learn_speed(EndpointState& state, const Attempt& attempt, const Demand& demand,
                   const Expectation& expected, config::TimePoint now);
  void learn_tokens(EndpointState& state, const Attempt& attempt, const Demand& demand,
                    const Expectation& expected);

  config::TimePoint passed_{};
  std::unique_ptr<Measures> measures_;  // absent until the first reply: most of a big catalogue is idle
  double log_verbosity_ = 0, verbosity_weight_ = 0;
  double prompt_reported_ = 0, prompt_estimated_ = 0;
  double cache_hits_ = 0, cache_trials_ = 0;
};

}  // namespace routing

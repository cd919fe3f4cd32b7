// What the market keeps of one endpoint beside its published state: windows, and the sums behind slow
// averages. Belongs to the market.
#pragma once

#include <memory>
#include <optional>

#include "routing/market/snapshot.hpp"
#include "routing/quality/conduct_file.hpp"
#include "routing/terms/demand.hpp"
#include "routing/windows/measures.hpp"

namespace routing {

// What this request led one to expect, for judging the reply by it.
struct Expectation {
  Length length;
  double cached_tokens = 0;  // of the prompt, by the blocks this endpoint saw before
};

// What of a request its attempts are judged by.
struct AskedFor {
  config::Tokens prompt{};  // by our estimate
  Delivery delivery = Delivery::streamed;
  double output = 1;  // tokens expected of each answer
  int answers = 1;
  std::optional<Effort> effort{};  // absent: how much was to be thought is not known
};

class Dossier {
 public:
  // What the slow averages in a state are made of.
  struct Sums {
    double log_verbosity = 0, verbosity_weight = 0;
    double prompt_reported = 0, prompt_estimated = 0;
    double cache_hits = 0, cache_trials = 0;
  };
  const Sums& sums() const { return sums_; }
  // What another process knew at `then`, together with its state.
  void recall(const Sums& sums, config::TimePoint then) {
    sums_ = sums;
    passed_ = then;
  }

  // All of these learn everything but health. Time has been passed on `state` already. `prompt` is our
  // estimate.
  //
  // The first content came. What it says of the host's speed waits for the end where the prompt may
  // have been cached, because only then it is known how much of it was: learned with a guess, it was seen to
  // cost money.
  void learn_beginning(EndpointState& state, const Attempt& attempt, const AskedFor& asked);
  // The attempt ended.
  void learn_end(EndpointState& state, const Attempt& attempt, const AskedFor& asked, config::TimePoint now);
  // It found the prompt too long for the `room` in its context.
  void learn_length(EndpointState& state, const Failure& failure, config::Tokens prompt, double room);
  // The host told what it counted.
  void learn_tokens(EndpointState& state, const Attempt& attempt, config::Tokens prompt,
                    const Expectation& expected);
  // Of how answers pass their checks; null until the first one that was checked.
  ConductFile* conduct() { return conduct_.get(); }
  const ConductFile* conduct() const { return conduct_.get(); }
  ConductFile& begin_conduct() {
    if (!conduct_) conduct_ = std::make_unique<ConductFile>();
    return *conduct_;
  }
  // Lets time pass on what is believed.
  void pass(EndpointState& state, const SpeedPrior& prior, config::TimePoint now);
  // Brings what was measured up to `now`.
  void measure(EndpointState& state, Measured& half_hour, config::TimePoint now);

 private:
  void learn_first_delta(EndpointState& state, const Attempt& attempt, const AskedFor& asked);
  void learn_scale(EndpointState& state, double counted, config::Tokens prompt);

  config::TimePoint passed_{};
  std::unique_ptr<Measures> measures_;  // absent until the first reply: most of a big catalogue is idle
  std::unique_ptr<ConductFile> conduct_;
  Sums sums_;
};

}  // namespace routing

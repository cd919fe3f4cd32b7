// Keeps requests away from a host that fails, and lets it back in by evidence. A value; the market writes it,
// decisions read it with the time they have.
//   closed -> open for about as long as it has failed (1 s .. 10 s, less where failing is quick) -> half
//   open: one trial at a time
//          -> ramping: a share of requests that doubles with each answer that begins -> closed
// So a host comes back within about the length of its outage, at most 10 s, after it answers again. A fault
// of configuration (credential, balance, unknown model) opens at once, for 10 s and then for three times as
// long each time that it is still there, 5 minutes at most.
#pragma once

#include <cstdint>

#include "config/values/units.hpp"

namespace routing {

class Breaker {
 public:
  enum class Phase { closed, open, half_open, ramping };

  Phase phase(config::TimePoint now) const;
  // Meaningful while open.
  config::TimePoint opens() const { return until_; }
  bool is_configuration_fault() const { return cause_ == Cause::configuration; }
  // Trials that may be under way while half open. More than one after a while, because one may hang.
  int trials(config::TimePoint now) const;
  // While ramping: the share of decisions that see the host, 0.2..1, and how many attempts may be under way
  // there whatever the share.
  double ramp() const;
  int always_admitted() const { return successes_; }
  // Since when it has failed without a break; meaningful after a failure that no answer followed.
  config::TimePoint failing_since() const { return since_; }

  // The first failure after an answer.
  void begins_to_fail(config::TimePoint at);
  // Too many failures. `draw` in [0, 1) is for the jitter. Where a trial `takes` no time to fail it costs
  // next to nothing, so the next one need not wait long.
  void trip(config::TimePoint now, double draw, config::Seconds takes = config::Seconds{10});
  void fault(config::TimePoint now);
  // The configuration changed: a fault of the old one says nothing of the new one.
  void forgive_configuration();
  // An attempt that began at `dispatched` is being answered. One that began before the host was left alone
  // says nothing of it now.
  enum class Effect { none, recovering, ramping, recovered };
  Effect succeeded(config::TimePoint dispatched);
  // A failure of such an attempt, of a host that is on trial or ramping.
  bool fails_again(config::TimePoint dispatched, config::TimePoint now) const;

  // All there is to it, for keeping it somewhere and bringing it back.
  struct Memory {
    std::int32_t cause = 0;
    std::int32_t trips = 0;
    std::int32_t successes = 0;
    config::TimePoint since{};
    config::TimePoint left_alone{};
    config::TimePoint until{};
  };
  Memory memory() const {
    return {static_cast<std::int32_t>(cause_), trips_, successes_, since_, left_alone_, until_};
  }
  static Breaker from(const Memory& memory);

 private:
  enum class Cause { none, failures, configuration, ramp };
  Cause cause_ = Cause::none;
  std::int32_t trips_ = 0;          // since it was last closed
  std::int32_t successes_ = 0;      // of the ramp
  config::TimePoint since_{};       // of the row of failures
  config::TimePoint left_alone_{};  // when it tripped last
  config::TimePoint until_{};       // open until
};

}  // namespace routing

// Keeps requests away from a host that fails, and lets it back in step by step. A value; the market writes
// it, decisions read it with the time they have.
//   closed -> open for 5·2^k s (at most 60 s, ±20 %) -> half open: one trial -> ramp 10..100 % over 30 s
// A fault of configuration (credential, balance, unknown model) opens for 5 minutes at once.
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
  // Trials that may be under way while half open. More than one after a while, because a request from
  // before the failure may still hold the count of those in flight.
  int trials(config::TimePoint now) const;
  // Share of decisions that see the host while ramping, 0.1..1.
  double ramp(config::TimePoint now) const;
  config::Seconds ramp_left(config::TimePoint now) const;

  // Too many failures. `draw` in [0, 1) is for the jitter.
  void trip(config::TimePoint now, double draw);
  void fault(config::TimePoint now);
  // The configuration changed: a fault of the old one says nothing of the new one.
  void forgive_configuration();
  // A reply to an attempt that began at `dispatched`. One that began before the trials says nothing new.
  enum class Effect { none, recovering };
  Effect succeeded(config::TimePoint dispatched, config::TimePoint now);
  bool was_trial(config::TimePoint dispatched, config::TimePoint now) const;

  // All there is to it, for keeping it somewhere and bringing it back.
  struct Memory {
    std::int32_t cause = 0;
    std::int32_t trips = 0;
    config::TimePoint until{};
    config::TimePoint ramp_from{};
  };
  Memory memory() const { return {static_cast<std::int32_t>(cause_), trips_, until_, ramp_from_}; }
  static Breaker from(const Memory& memory);

 private:
  enum class Cause { none, failures, configuration, ramp };
  Cause cause_ = Cause::none;
  std::int32_t trips_ = 0;         // in a row, k of the doubling
  config::TimePoint until_{};      // open until
  config::TimePoint ramp_from_{};  // of the last recovery
};

}  // namespace routing

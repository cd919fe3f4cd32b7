// Walks the journey of a recorded request again. What became of its attempts is told to the machine that live
// traffic walks; it must ask for the decisions that were taken, when they were taken. Pure; belongs to one
// request.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "routing/decision/journey.hpp"

namespace routing {

class Retrace {
 public:
  // All must outlive it. `recorded`: in the order in which they began.
  Retrace(const Demand& demand, const Policy& policy, std::span<const Attempt> recorded)
      : recorded_(recorded), journey_(demand, policy, attempts_) {}
  Retrace(const Retrace&) = delete;
  Retrace& operator=(const Retrace&) = delete;

  enum class Due { yes, later, never };
  // Whether the machine asks for a decision now, after all that had happened until then: for the next
  // recorded attempt, or, when there is none, for one that found nobody.
  Due due(config::TimePoint now);
  // The next recorded attempt begins; another may be asked beside it from then on.
  void asked(std::optional<config::TimePoint> beside_at);
  // How many have begun.
  std::size_t begun() const { return attempts_.size(); }
  // Whether the client has an answer, once all that began is over.
  bool answers();

 private:
  bool is_hedge(std::size_t number) const;
  bool is_continuation(std::size_t number) const;
  // Contents that came before, and ends not after that time, in their order.
  void let_happen(config::TimePoint until);

  std::span<const Attempt> recorded_;
  Attempts attempts_{};
  Journey journey_;
  std::array<bool, Journey::most_legs> shown_{};
};

}  // namespace routing

// The life of a request as a machine: what happened so far, and the time, give the next thing to do. Live
// traffic and simulation walk the same one; neither a clock nor a host is in it. Pure; belongs to one
// request.
//
//   for (;;) match (journey.next(now)):
//     Choose        decide who is asked; answered with `asks` or `nobody`
//     ChooseBeside  the same for a second host; answered with `asks_beside`, or not at all: then it comes
//                   again when the first one has been silent for twice as long
//     GiveUp        end that attempt: the other one has the client
//     Wait          until that time, or until an attempt shows something, which `shows` and `ends` are told
//     End           nothing is under way, and nothing more will be
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <variant>

#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

class Journey {
 public:
  // Attempts that are under way at the same time: the one chosen, and the one beside it.
  using Leg = std::size_t;
  static constexpr Leg most_legs = 2;

  struct Choose {};
  struct ChooseBeside {};
  struct GiveUp {
    Leg leg;
  };
  struct Wait {
    std::optional<config::TimePoint> until;
  };
  struct End {};
  using Step = std::variant<Choose, ChooseBeside, GiveUp, Wait, End>;

  // All must outlive the journey, and stay where they are. `attempts` is where it keeps those it made, in the
  // order in which they began, from their begin.
  Journey(const Demand& demand, const Policy& policy, Attempts& attempts)
      : demand_(&demand), policy_(&policy), attempts_(&attempts) {}

  Step next(config::TimePoint now);

  // `attempt` begins: endpoint, generation, choice and time are known of it. A second host is asked at
  // `beside_at`, should nothing have come by then.
  void asks(const Attempt& attempt, std::optional<config::TimePoint> beside_at);
  void asks_beside(const Attempt& attempt);
  // Nobody may be asked now. `back_at`: when somebody may be again.
  void nobody(std::optional<config::TimePoint> back_at, config::TimePoint now);
  // The host begins to answer. Whether the client gets what this attempt brings: another one was not faster.
  bool shows(Leg leg);
  // `attempt` is all that was seen of it. `draw` is uniform in [0, 1), for jitter.
  void ends(Leg leg, const Attempt& attempt, config::TimePoint now, double draw);
  // Nobody is asked any more; what is under way ends by itself.
  void stops() { is_over_ = true; }

  bool is_over() const { return is_over_; }
  bool is_under_way(Leg leg) const { return legs_[leg] == State::under_way; }
  // Another attempt has the client.
  bool has_lost(Leg leg) const { return winner_ && *winner_ != leg; }
  bool has_answered() const;
  std::size_t number_of(Leg leg) const { return first_ + leg; }  // in the attempts

 private:
  enum class State { idle, under_way };

  bool anything_under_way() const { return is_under_way(0) || is_under_way(1); }
  void conclude(config::TimePoint now, double draw);

  const Demand* demand_;
  const Policy* policy_;
  Attempts* attempts_;
  std::array<State, most_legs> legs_{};
  std::size_t first_ = 0;           // in the attempts: leg 0
  std::optional<Leg> winner_{};     // of those under way
  bool loser_is_given_up_ = false;  // or there is none
  std::optional<config::TimePoint> beside_at_{};
  std::optional<config::TimePoint> resumes_at_{};
  bool is_over_ = false;
};

}  // namespace routing

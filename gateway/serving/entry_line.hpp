// The requests of one data loop that wait to begin, because as many are under way in the whole gateway as may
// be (`limits.max_requests`): the more urgent first, then keys in turn. Who could not begin in the time that
// a request may wait is not let in. Belongs to its loop.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <optional>

#include "config/values/settings.hpp"
#include "gateway/accounts/fair_turns.hpp"
#include "gateway/overload/pressure.hpp"
#include "gateway/overload/service_pace.hpp"
#include "gateway/overload/shed.hpp"
#include "gateway/request/interruption.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class EntryLine final : private providers::Alarm {
 public:
  // Room that other loops' requests leave is looked for this often, while somebody waits.
  static constexpr config::Duration look_every = std::chrono::milliseconds(25);

  struct Asks {
    std::uint64_t owner = 0;  // with whose requests it takes turns
    config::Priority priority = config::Priority::normal;
    int most_requests = 0;  // 0: as many as come
    config::Duration patience{};
    int most_waiting = 0;
  };
  // `comes_again_in`: when it is worth coming again, where that is known.
  struct Answer {
    Shed shed = Shed::none;
    std::optional<config::Duration> comes_again_in{};
    config::Duration waited{};
  };

  // What one is told that comes now; nothing is changed by it.
  Answer foresee(const Asks& asks, const Pressure& pressure) const;
  // Whether it may begin at once, as nobody waits: it is counted in `pressure` then, and left() must follow.
  static bool begins_at_once(const Asks& asks, Pressure& pressure) {
    return !pressure.somebody_waits(asks.priority) && pressure.begin(asks.priority, asks.most_requests);
  }
  // Of one that may not: waits until it may begin. With Shed::none it is counted in `pressure`, and left()
  // must follow. So it is where it is interrupted. `pressure` and the timer must outlive the line.
  providers::Task<Answer> enter(Asks asks, Pressure& pressure, providers::Timer& timer,
                                Interruption& interruption);
  // A request that had entered has ended.
  void left(Pressure& pressure, config::Duration took);
  std::size_t size() const { return places_.size(); }

 private:
  struct Place : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                 Interruptible {
    void interrupt(routing::FailureKind) override { sleep.wake(); }

    std::uint64_t owner = 0;
    PriorityTurns::Turn turn = 0;
    config::Priority priority{};
    int most_requests = 0;
    providers::Sleep sleep;
    bool has_begun = false, is_displaced = false;
  };
  using Places = boost::intrusive::list<Place, boost::intrusive::constant_time_size<false>>;

  void ring() override;
  void look();
  Place* first_called();
  bool displace_for(PriorityTurns::Turn turn);

  Places places_;
  PriorityTurns turns_;
  ServicePace pace_;
  Pressure* pressure_ = nullptr;
  providers::Timer* timer_ = nullptr;
  bool is_calling_ = false;
};

}  // namespace gateway

// The requests of one data loop that wait because every host which may take them has as many attempts under
// way as its provider's `max_in_flight` allows, or has served our keys as much as its limits let them have.
// The more urgent go first, then keys take turns, and of one key who came first goes first. Who cannot begin
// in the time that it may wait is not let into the line. Belongs to its loop.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/accounts/fair_turns.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/overload/service_pace.hpp"
#include "gateway/overload/shed.hpp"
#include "gateway/request/interruption.hpp"
#include "providers/loop/timer.hpp"
#include "routing/decision/decision.hpp"

namespace gateway {

class WaitingLine;

// A request's place in the line, from its first wait until it is served or gives up.
class Place final
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
      private Interruptible {
 public:
  // `whose`: with whose requests it takes turns.
  explicit Place(WaitingLine& line, std::uint64_t whose = 0,
                 config::Priority priority = config::Priority::normal)
      : owner(whose), line_(line), priority_(priority) {}
  ~Place() { step_out(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // Before a decision: those whose turn is earlier go first, and what this one was given it sees as free.
  void step_up();
  // Waits until there may be room at one of those that the decision left out for being full, or until the
  // first of the others is back. False where that is no use: there are none, the line is full, or the time
  // that a request may wait is over. `needs`: of the limits of a key. The generation must outlive the wait.
  providers::Task<bool> wait(const Generation& generation, const routing::Decision& decision,
                             providers::KeyNeeds needs, config::TimePoint deadline, providers::Timer& timer,
                             Interruption& interruption);
  // An attempt begins. Should it fail, the time that may be waited begins anew.
  void leave();
  // Why wait() said no, where the line did.
  Shed shed() const { return shed_; }
  // When it is worth coming again, where that is known.
  std::optional<config::Duration> comes_again_in() const { return comes_again_in_; }
  // In all so far.
  config::Duration waited() const { return waited_; }

  const std::uint64_t owner;
  FairTurns::Turn turn = 0;  // while it is in the line

 private:
  friend class WaitingLine;

  enum class Turn { served, given_back };
  void step_out(Turn turn = Turn::given_back);
  bool step_in(const Generation& generation, providers::Timer& timer, config::TimePoint now);
  void interrupt(routing::FailureKind) override { sleep_.wake(); }
  bool waits_for(const Generation& generation, std::size_t provider) const;
  void count_waiting(int change) const;

  WaitingLine& line_;
  const config::Priority priority_;
  providers::Sleep sleep_;
  const Generation* generation_ = nullptr;
  std::vector<std::size_t> providers_;  // that it waits for; in Settings::providers
  providers::KeyNeeds needs_{};
  config::TimePoint until_{};  // since the first wait; unset before
  bool asleep_ = false;
  bool called_ = false;
  std::atomic<int>* given_ = nullptr;  // the count that stands for the room it was given
  std::size_t given_by_ = 0;
  bool displaced_ = false;
  bool waits_for_limits_ = false;  // of keys, which come back by the clock
  Shed shed_ = Shed::none;
  std::optional<config::Duration> comes_again_in_{};
  config::Duration waited_{};
};

class WaitingLine final : private providers::Alarm {
 public:
  // Room that another loop's attempts leave is looked for this often, while somebody waits.
  static constexpr config::Duration look_every = std::chrono::milliseconds(25);

  // Who is told no time measures nothing of how long attempts take.
  WaitingLine() = default;
  explicit WaitingLine(providers::Timer& timer) : timer_(&timer) {}
  std::size_t size() const { return size_; }
  // Lets those go on who were given the room of an attempt that ended here. They run before this returns, on
  // the loop's scratch space.
  void call();
  // The same, and those for whom there is room otherwise.
  void look();

 private:
  friend class Place;
  friend class Slot;
  using Places = boost::intrusive::list<Place, boost::intrusive::constant_time_size<false>>;

  void ring() override { look(); }
  void mark_those_with_room();
  // How many wait for that provider in other loops' lines who go first.
  int more_urgent_elsewhere(const Place& place, std::size_t provider) const;
  Place* first_called();
  // How long attempts take, by provider of a generation.
  struct Paces {
    const Generation* of = nullptr;
    std::vector<ServicePace> by_provider{};
  };
  struct Forecast {
    double ahead = 0;  // of those who wait for the same hosts, in all loops
    double rate = 0;   // of beginning there, in a second
  };
  // For one with that turn; nothing where it is not known how long attempts take.
  std::optional<Forecast> forecast(const Place& place, FairTurns::Turn turn, const Generation& generation);
  // The last one gives way to one with an earlier turn. False: there is none behind it.
  bool displace_for(FairTurns::Turn turn);
  ServicePace& pace(const Generation& generation, std::size_t provider);
  // An attempt has ended. Its room goes to the first who waits for it here, still counted, unless other loops
  // have somebody who does, too, and is as urgent: then whoever looks first gets it.
  void pass_on(const Generation& generation, std::size_t provider, std::atomic<int>& count);

  providers::Timer* timer_ = nullptr;
  Places places_;
  PriorityTurns turns_;
  std::unique_ptr<Paces> paces_{};
  bool calling_ = false;
  std::uint16_t left_since_ = 0;  // room, for the more urgent of other loops; a time in steps of `look_every`
  std::uint32_t size_ = 0;        // without those who were displaced
};

// One attempt under way, counted before it is looked whether there is room for it, so that all loops together
// stay within the limit. The generation and the line must outlive it.
class Slot {
 public:
  Slot(WaitingLine& line, const Generation& generation, routing::EndpointIndex endpoint);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  // False: another loop was faster.
  bool taken() const { return taken_; }

 private:
  WaitingLine& line_;
  const Generation& generation_;
  const std::size_t provider_;
  const bool limited_;
  std::atomic<int>& count_;
  bool taken_ = true;
  config::TimePoint since_{};
};

}  // namespace gateway

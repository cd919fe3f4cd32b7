// How one simulated host behaves: requests wait for one of its slots, then for their first token, then
// generate side by side with the others, each slower the more there are. A discrete-event model without
// events of its own: it is told the time, never takes it, and does no work per token, so that a server and a
// simulator can run the same.
//
// Belongs to the loop or simulation that runs it. Times are of the hosts' own world and must not go back
// between calls; what has happened until `now` is taken in order of time, whenever the call comes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <variant>
#include <vector>

#include "config/values/fleet.hpp"
#include "routing/host_model/host_fate.hpp"
#include "routing/host_model/host_prompt_cache.hpp"
#include "routing/host_model/host_rate_limits.hpp"
#include "routing/host_model/host_request.hpp"
#include "routing/host_model/host_world.hpp"
#include "routing/host_model/work_clock.hpp"

namespace routing {

// A request that was let in. Valid until it is released.
struct Ticket {
  std::uint32_t place = 0;
  std::uint32_t turn = 0;

  friend auto operator<=>(const Ticket&, const Ticket&) = default;
};

enum class Phase { waiting, prefill, streaming, complete, broken };

struct HostProgress {
  Phase phase = Phase::waiting;
  config::Tokens output{};  // tokens out so far
  // When the next token comes, at the present load. Absent while waiting for a slot, stalled for good, or
  // ended.
  std::optional<config::TimePoint> next{};
  // When it ends, at the present load. Absent as above.
  std::optional<config::TimePoint> end{};
};

// The bill's counts of a request, and how it was meant to end.
struct Answer {
  config::Tokens prompt{};
  config::Tokens cached{};     // of the prompt
  config::Tokens output{};     // the whole answer, had nobody left
  config::Tokens reasoning{};  // of the output, at its beginning
  enum class Finish { stop, length } finish = Finish::stop;
  bool lapses = false;  // it breaks what was asked for
};

struct Change {
  enum class What { first_token, complete, broken } what{};
  Ticket ticket{};
  config::TimePoint time{};
};

class HostModel {
 public:
  // `world` must outlive the model. `fleet_seed` is Fleet::seed: the host's own luck hangs on it and on its
  // name.
  HostModel(const config::SimulatedHost& host, const config::AnswerLengths& lengths, std::uint64_t fleet_seed,
            HostWorld& world, config::TimePoint start);

  // Lets the request in, or not. Whoever got a ticket gives it back with `release`.
  std::variant<Ticket, Refused> admit(const HostRequest& request, config::TimePoint now);
  // The request has ended, or its client has left: then its slot is free for the next.
  void release(Ticket ticket, config::TimePoint now);

  HostProgress progress(Ticket ticket, config::TimePoint now);
  const Answer& answer(Ticket ticket) const { return run(ticket).answer; }
  // Whether its tokens will stop for a while or for good, as far as its fate goes.
  bool will_stall(Ticket ticket) const { return run(ticket).fate.stalls_after.has_value(); }
  // How much of a prompt is remembered here, were the request to reach the replica that remembers it.
  config::Tokens remembered(std::span<const std::uint64_t> prefix_blocks, config::TimePoint now) const {
    return cache_ ? cache_->known(prefix_blocks, now) : config::Tokens{};
  }

  // When something will change by itself, at the present load.
  std::optional<config::TimePoint> next_change_at();
  // The next change until `now`, and then the next. The other calls pass over changes that nobody asked for.
  std::optional<Change> next_change(config::TimePoint now);

  std::optional<RateStanding> requests_left(config::TimePoint now);
  std::optional<RateStanding> tokens_left(config::TimePoint now);
  int running() const { return running_; }
  int waiting() const { return static_cast<int>(waiting_.size()); }

 private:
  struct Run {
    std::uint32_t turn = 0;
    Phase phase = Phase::waiting;
    Fate fate{};
    Answer answer{};
    config::TimePoint first_token{};
    double rate = 1;        // tokens per unit of work
    double begin = 0;       // work at the first token
    std::int64_t last = 0;  // the token it ends with
  };
  template <class Key>
  struct Due {
    Key key{};
    Ticket ticket{};
    friend auto operator<=>(const Due&, const Due&) = default;
  };
  template <class Key>
  using Earliest = std::priority_queue<Due<Key>, std::vector<Due<Key>>, std::greater<>>;

  const Run& run(Ticket ticket) const { return runs_[ticket.place]; }
  Run& run(Ticket ticket) { return runs_[ticket.place]; }
  std::optional<Refused> refusal(const HostRequest& request, const Fate& fate, const Conditions& conditions,
                                 config::TimePoint now);
  Ticket enter(const HostRequest& request, const Fate& fate, config::TimePoint now);
  void take_changes(config::TimePoint now);
  void start_waiting(config::TimePoint now);
  void start(Ticket ticket, config::TimePoint now);
  void begin_stream(Ticket ticket, config::TimePoint now);
  void end(Ticket ticket, config::TimePoint now);
  void leave_slot(config::TimePoint now);
  double occupancy() const;
  void set_pace(config::TimePoint now);
  std::int64_t tokens_out(const Run& run, config::TimePoint now) const;
  // Work after which token `number`, counted from 1, is out. Nothing: never.
  std::optional<double> due(const Run& run, std::int64_t number) const;
  template <class Key>
  void drop_stale(Earliest<Key>& queue);

  config::SimulatedHost host_;
  config::AnswerLengths lengths_;
  std::uint64_t fleet_seed_;
  HostDraws luck_;
  HostWorld& world_;
  config::TimePoint start_;
  HostRateLimits limits_;
  std::optional<HostPromptCache> cache_;
  WorkClock clock_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> free_places_;
  std::deque<Ticket> waiting_;
  Earliest<config::TimePoint> first_tokens_;
  Earliest<double> ends_;
  int running_ = 0;
};

}  // namespace routing

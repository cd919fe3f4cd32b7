// Who goes next where many wait: owners in turn, however many each of them sends. A request's turn is given
// when it comes: after the last of its owner's, and not before who is served now. Source: start-time fair
// queueing (Goyal, Vin, Cheng 1996), with one request as the length of a packet; owners share buckets by
// their hashes, as in stochastic fair queueing, so that nothing grows with them. Belongs to whoever holds the
// line.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "config/values/settings.hpp"

namespace gateway {

class FairTurns {
 public:
  using Turn = std::uint64_t;

  // Where nobody else waits, what any of them had asked for before counts no more.
  enum class Line { empty, waits };
  Turn next(std::uint64_t owner, Line line) {
    if (line == Line::empty) now_ = std::max(now_, last_);
    Turn& after_own = after_own_[owner % after_own_.size()];
    const Turn turn = std::max(now_, after_own);
    after_own = turn + 1;
    last_ = std::max(last_, after_own);
    return turn;
  }
  // The turn that next() would give.
  Turn peek(std::uint64_t owner, Line line) const {
    return std::max(line == Line::empty ? std::max(now_, last_) : now_,
                    after_own_[owner % after_own_.size()]);
  }
  // Who had that turn goes on.
  void served(Turn turn) { now_ = std::max(now_, turn); }
  // One of the owner's left the line unserved: what it comes with next is a turn earlier.
  void give_back(std::uint64_t owner) {
    Turn& after_own = after_own_[owner % after_own_.size()];
    if (after_own > now_) --after_own;
  }

 private:
  std::array<Turn, 339> after_own_{};
  Turn now_ = 0;
  Turn last_ = 0;  // behind all that were given
};

// Turns of each priority, in one order: all of the more urgent come first.
class PriorityTurns {
 public:
  using Turn = FairTurns::Turn;

  // `line`: whether others of the same priority wait.
  Turn next(std::uint64_t owner, config::Priority priority, FairTurns::Line line) {
    const std::size_t rank = rank_of(priority);
    return in_order(rank, of_[rank].next(owner, line));
  }
  // The turn that next() would give.
  Turn peek(std::uint64_t owner, config::Priority priority, FairTurns::Line line) const {
    const std::size_t rank = rank_of(priority);
    return in_order(rank, of_[rank].peek(owner, line));
  }
  void served(Turn turn) { of_[turn >> shift].served(turn & ((Turn{1} << shift) - 1)); }
  void give_back(Turn turn, std::uint64_t owner) { of_[turn >> shift].give_back(owner); }
  static bool is_of(Turn turn, config::Priority priority) { return turn >> shift == rank_of(priority); }
  static bool is_same_priority(Turn a, Turn b) { return a >> shift == b >> shift; }

 private:
  static constexpr int shift = 62;
  static std::size_t rank_of(config::Priority priority) { return static_cast<std::size_t>(priority); }
  static Turn in_order(std::size_t rank, Turn turn) { return (Turn{rank} << shift) | turn; }

  std::array<FairTurns, config::priority_names.size()> of_{};
};

template <class Line>
FairTurns::Line others_in(const Line& line, config::Priority priority) {
  const auto is_other = [&](const auto& each) { return PriorityTurns::is_of(each.turn, priority); };
  return std::ranges::any_of(line, is_other) ? FairTurns::Line::waits : FairTurns::Line::empty;
}

// Puts one that waits where its turn is: behind all whose turn is not later. From the end, because those of
// the busiest belong there.
template <class Line, class Waiting>
void insert_in_turn(Line& line, Waiting& waiting) {
  auto at = line.end();
  while (at != line.begin() && std::prev(at)->turn > waiting.turn) --at;
  line.insert(at, waiting);
}

// `gone` has left the line and was not served: those of its owner behind it move up by its turn. Otherwise
// who sends more than is served would be behind everybody for as long as what timed out would have taken.
template <class Line, class Waiting>
void give_back_turn(PriorityTurns& turns, Line& line, const Waiting& gone) {
  turns.give_back(gone.turn, gone.owner);
  for (auto at = line.begin(); at != line.end();) {
    Waiting& each = *at;
    const bool moves = each.owner == gone.owner && each.turn > gone.turn &&
                       PriorityTurns::is_same_priority(each.turn, gone.turn);
    if (!moves) {
      ++at;
      continue;
    }
    --each.turn;
    auto to = at = line.erase(at);
    while (to != line.begin() && std::prev(to)->turn > each.turn) --to;
    line.insert(to, each);
  }
}

}  // namespace gateway

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

namespace gateway {

class FairTurns {
 public:
  using Turn = std::uint64_t;

  // Where nobody else waits, what any of them had asked for before counts no more.
  enum class Line { empty, waits };
  Turn next(std::uint64_t owner, Line line) {
    if (line == Line::empty) now_ = std::max(now_, last_);
    Turn& after_own = after_own_[owner % buckets];
    const Turn turn = std::max(now_, after_own);
    after_own = turn + 1;
    last_ = std::max(last_, after_own);
    return turn;
  }
  // Who had that turn goes on.
  void served(Turn turn) { now_ = std::max(now_, turn); }

 private:
  static constexpr std::size_t buckets = 1021;
  std::array<Turn, buckets> after_own_{};
  Turn now_ = 0;
  Turn last_ = 0;  // behind all that were given
};

// Puts one that waits where its turn is: behind all whose turn is not later. From the end, because those of
// the busiest belong there.
template <class Line, class Waiting>
void insert_in_turn(Line& line, Waiting& waiting) {
  auto at = line.end();
  while (at != line.begin() && std::prev(at)->turn > waiting.turn) --at;
  line.insert(at, waiting);
}

}  // namespace gateway

// The mean of numbers that go on coming, with a 95 % interval that may be looked at whenever one likes, and
// acted upon the first time it says something: over all looks together it is wrong in one of twenty at most,
// once there are some blocks. Requests that follow each other see the same hosts in the same mood; so they
// are taken in blocks of some seconds, and the mean is that of ratios of blocks, linearised as in
// counterfactual.hpp. What is estimated is the mean over the requests so far, each as it was to be expected
// given those before it. Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit
// theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2024: theorem 2.2, rho as in its
// appendix B.2. A value.
#pragma once

#include <array>
#include <cstdint>

#include "routing/replay/counterfactual.hpp"

namespace routing {

class RunningMean {
 public:
  // Below that many blocks there is no interval.
  static constexpr std::uint64_t least_blocks = 20;

  void add(double value) { sum_ += value, ++count_; }
  std::uint64_t in_block() const { return count_; }
  // What was added since the last one becomes a block. Without any: nothing.
  void end_block();

  std::uint64_t blocks() const { return blocks_; }
  // Over whole blocks. NaN without one; infinite bounds below `least_blocks`.
  Interval interval() const;

  // All of it, to be kept and taken up again.
  using Memory = std::array<double, 8>;
  Memory memory() const {
    return {sum_, static_cast<double>(count_), static_cast<double>(blocks_), s_, n_, ss_, sn_, nn_};
  }
  void recall(const Memory& memory) {
    sum_ = memory[0];
    count_ = static_cast<std::uint64_t>(memory[1]), blocks_ = static_cast<std::uint64_t>(memory[2]);
    s_ = memory[3], n_ = memory[4], ss_ = memory[5], sn_ = memory[6], nn_ = memory[7];
  }

 private:
  double sum_ = 0;  // of the block under way
  std::uint64_t count_ = 0;
  std::uint64_t blocks_ = 0;
  // Over blocks, of their sums s and counts n.
  double s_ = 0, n_ = 0, ss_ = 0, sn_ = 0, nn_ = 0;
};

}  // namespace routing

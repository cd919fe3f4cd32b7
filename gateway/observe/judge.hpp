// Judges what was chosen for requests once they are over, by what the market knows by then. What that takes
// is bounded: so many hosts are looked at in a second, and requests beyond are not judged. Belongs to the
// control loop.
#pragma once

#include <cstdint>
#include <span>

#include "gateway/observe/late_look.hpp"
#include "gateway/observe/record.hpp"

namespace gateway {

class Judge {
 public:
  // A host takes about 150 ns: 3 % of a core at most.
  static constexpr std::uint64_t most_looks = 200'000;

  // Puts `hindsight` into the records that can be judged: where decisions are recorded, and no reload came
  // between.
  void judge(std::span<const RecordPtr> records, config::TimePoint now, LateLook& look);

 private:
  bool can_afford(std::uint64_t looks, config::TimePoint now);

  config::TimePoint second_{};
  std::uint64_t looks_ = 0;  // in it
};

}  // namespace gateway

// Judges what was chosen for requests once they are over, by what the market knows by then. What that takes
// is bounded: so many hosts are looked at in a second, and requests beyond are not judged. Belongs to the
// control loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "gateway/observe/record.hpp"

namespace gateway {

class Judge {
 public:
  using Look = std::function<std::shared_ptr<const routing::Snapshot>()>;

  // A host takes about 150 ns: 3 % of a core at most.
  static constexpr std::uint64_t most_looks = 200'000;

  // Puts `hindsight` into the records that can be judged: where decisions are recorded, and no reload came
  // between. `look` gives what is known now; it is asked once, if at all.
  void judge(std::span<const RecordPtr> records, config::TimePoint now, const Look& look);

 private:
  bool can_afford(std::uint64_t looks, config::TimePoint now);

  config::TimePoint second_{};
  std::uint64_t looks_ = 0;  // in it
};

}  // namespace gateway

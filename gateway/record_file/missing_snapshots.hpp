// Which versions of the market's snapshots are not in the record file: a decision on one of them could not be
// taken again, so that its request is not recorded. Belongs to the storage thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

namespace gateway {

class MissingSnapshots {
 public:
  // `last` is the newest there is.
  void add(std::uint64_t first, std::uint64_t last) {
    if (!ranges_.empty() && first <= ranges_.back().last + 1) {
      ranges_.back() = {std::min(ranges_.back().first, first), std::max(ranges_.back().last, last)};
      return;
    }
    ranges_.push_back({first, last});
    if (ranges_.size() <= most_ranges) return;
    // What is that old is not asked for any more; if it is, it counts as missing.
    all_before_ = ranges_.front().last + 1;
    ranges_.pop_front();
  }
  // The newest was written after all.
  void found(std::uint64_t newest) {
    if (ranges_.empty() || ranges_.back().last != newest) return;
    if (ranges_.back().first == newest) {
      ranges_.pop_back();
    } else {
      --ranges_.back().last;
    }
  }
  bool has(std::uint64_t version) const {
    return version < all_before_ || std::ranges::any_of(ranges_, [&](const Range& range) {
             return range.first <= version && version <= range.last;
           });
  }

 private:
  static constexpr std::size_t most_ranges = 256;
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };
  std::deque<Range> ranges_;  // ascending, apart from each other
  std::uint64_t all_before_ = 0;
};

}  // namespace gateway

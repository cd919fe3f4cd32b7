// The memory that bodies of requests may take, all together. The budget is shared by all loops; a share
// belongs to one connection.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace gateway {

class BodyBudget {
 public:
  // Whether so much more is within `most` now.
  bool has(std::size_t bytes, std::size_t most) const { return bytes <= most && taken() <= most - bytes; }
  bool take(std::size_t bytes, std::size_t most) {
    const std::size_t before = taken_.fetch_add(bytes, std::memory_order_relaxed);
    if (bytes <= most && before <= most - bytes) return true;
    give(bytes);
    return false;
  }
  void give(std::size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<std::size_t> taken_{0};  // a cache line of its own: every request writes it
};

// What one body has of it; given back at its end.
class BodyShare {
 public:
  // `budget` may be null: as much as is asked for.
  BodyShare(BodyBudget* budget, std::size_t most) : budget_(budget), most_(most) {}
  ~BodyShare() { release(); }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  // Whether a body of this size would be taken now.
  bool has_room(std::size_t bytes) const { return !budget_ || budget_->has(bytes, most_); }
  // Takes what is missing up to `bytes`; false where that is not there.
  bool grow_to(std::size_t bytes) {
    if (bytes <= held_ || !budget_) return true;
    if (!budget_->take(bytes - held_, most_)) return false;
    held_ = bytes;
    return true;
  }
  void release() {
    if (held_ > 0) budget_->give(std::exchange(held_, 0));
  }

 private:
  BodyBudget* budget_;
  std::size_t most_;
  std::size_t held_ = 0;
};

}  // namespace gateway

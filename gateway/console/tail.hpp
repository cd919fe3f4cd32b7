// What those who watch are shown as it happens: requests that ended, and the state of all hosts once a
// second. Costs nothing while nobody watches. Who reads too slowly misses some of it. Belongs to the control
// loop.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/values/units.hpp"
#include "gateway/observe/record.hpp"

namespace gateway {

// Events of a stream, ready to be sent.
using TailText = std::shared_ptr<const std::string>;

class Tail {
 public:
  using Take = std::function<void(TailText, std::uint64_t next)>;

  // Calls `take` with what came after `after`, at the next beat if nothing did; 0: with the next. False where
  // too many wait.
  bool wait(std::uint64_t after, config::TimePoint now, Take take);
  bool is_watched(config::TimePoint now) const;
  void add(const Record& record);
  // Whether it is time for a beat.
  bool is_due(config::TimePoint now) const { return is_watched(now) && now >= next_beat_; }
  // `status` is that page.
  void beat(const std::string& status, config::TimePoint now);

  static constexpr std::size_t most_watchers = 64;
  static constexpr std::size_t most_requests = 500;  // of a beat

 private:
  struct Watcher {
    std::uint64_t after = 0;
    Take take;
  };
  TailText since(std::uint64_t after) const;

  std::vector<Watcher> watchers_;
  std::deque<TailText> beats_;   // the last ones
  std::uint64_t last_beat_ = 0;  // the number of the newest
  std::string requests_;         // of the next
  std::size_t in_requests_ = 0;
  std::uint64_t skipped_ = 0;  // in this beat
  config::TimePoint next_beat_{};
  config::TimePoint watched_until_{};
};

// One request in a line: what a table shows of it.
void append_tail_row(const Record& record, std::string& out);

}  // namespace gateway

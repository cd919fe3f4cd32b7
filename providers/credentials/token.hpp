// One credential's access token, shared by all loops: who finds it old has to fetch a new one, one at a time,
// and the old one serves meanwhile. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "config/values/units.hpp"

namespace providers {

class SharedToken {
 public:
  enum class Next {
    use,
    use_and_fetch,  // `token` is good; the caller fetches the next one beside it
    fetch,          // there is none; the caller fetches one
    wait,           // there is none; somebody fetches one
    failed,         // there is none, and none was to be had lately
  };
  struct Look {
    Next next = Next::failed;
    std::string token;
    std::string why;  // of a failure
  };

  // Who is told to fetch must tell what came of it.
  Look look(config::TimePoint now);
  void fetched(std::string token, config::Duration life, config::TimePoint now);
  void not_fetched(std::string why, config::TimePoint now);
  // A host refused it: the next one is due, unless a newer one is there already. Returns whether asking again
  // has any hope.
  bool refused(std::string_view token, config::TimePoint now);

 private:
  // A fetch that has not ended by then never will.
  static constexpr config::Duration longest_fetch = std::chrono::seconds(30);
  static constexpr config::Duration first_pause = std::chrono::seconds(1);
  static constexpr config::Duration longest_pause = std::chrono::seconds(30);
  // One refused so soon after it came is not the reason.
  static constexpr config::Duration too_young = std::chrono::seconds(10);

  std::mutex mutex_;
  std::string token_;
  std::string why_;
  config::TimePoint came_{}, due_{}, ends_{};
  config::TimePoint fetching_until_{};  // in the past: nobody fetches
  config::TimePoint not_before_{};      // after a failure
  config::Duration pause_ = first_pause;
};

}  // namespace providers

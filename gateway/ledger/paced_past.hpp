// What policies with a `budget` had spent of today before this process counted it, out of the ledger: those
// that are there at the start, and those that a reload brings. Belongs to the control loop.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/ledger/ledger.hpp"

namespace gateway {

class PacedPast {
 public:
  // Runs something on the control loop's thread; called on a thread of the ledger's.
  using OnControl = std::function<void(std::function<void()>)>;
  // On the control loop's thread: what had been spent of that day, in nano-dollars.
  using Tell =
      std::function<void(const std::string& policy, std::int64_t day, const LedgerStore::PolicyCost& cost)>;
  using Say = std::function<void(const std::string&)>;
  // Must outlive what it asks `ledger` for, as the ledger must.
  PacedPast(Ledger& ledger, OnControl on_control, Tell tell, Say say);

  // What these had spent from the day's begin, in seconds since 1970, until a moment: told before long.
  void look_up(std::vector<std::string> policies, std::int64_t day, config::WallTime until);

 private:
  struct Looked {
    std::vector<std::string> policies{};
    std::int64_t day = 0, from_ms = 0, until_ms = 0;
    LedgerStore::PolicyCosts costs{};
    int faults = 0;
  };
  void go_on(Looked looked);

  Ledger& ledger_;
  OnControl on_control_;
  Tell tell_;
  Say say_;
};

}  // namespace gateway

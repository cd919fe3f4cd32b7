// What requests count against: the books of all loops. What was used before is out of the ledger, and what a
// process that was here before still uses is told by it. Belongs to who starts the gateway, then to the
// control loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/accounts/books.hpp"
#include "gateway/accounts/reserved_elsewhere.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/ledger/paced_past.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Accounting {
 public:
  // Where an operator reads what happens; from any thread.
  using Say = std::function<void(const std::string&)>;
  // `control` must outlive it, and it the ledger that it counts from.
  Accounting(ControlLoop& control, providers::WallClock wall, Say say);

  Books& books() { return books_; }
  // The limits of a configuration. One that is new, while the ledger runs, counts what was used before.
  void adopt(const config::Settings& settings);
  // Counts what quotas have used so far in the windows that they are in, and starts the ledger.
  void count_from(Ledger& ledger);
  // Says where the system's clock was set, which moves no window. To be called now and then.
  void look_at_clock();
  // What policies with a budget have spent today, as far as nobody has asked for that yet, is known before
  // long, however the last process ended, and whenever they got their budget.
  void pace();

 private:
  void count_elsewhere();

  ControlLoop& control_;
  const providers::WallClock wall_;
  Say say_;
  Books books_{wall_(), config::Clock::now()};
  ReservedElsewhere reserved_elsewhere_{books_};  // of the ledger's thread, once that runs
  Ledger* ledger_ = nullptr;                      // until it counts from one, and where none is kept
  std::unique_ptr<PacedPast> paced_past_;         // likewise
};

}  // namespace gateway

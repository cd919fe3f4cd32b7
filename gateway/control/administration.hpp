// Answers about keys and money, out of what the desk of keys, the ledger and the books know. Outlives the
// loops that ask, and may be asked on each of them.
#pragma once

#include <chrono>
#include <cstdint>

#include "gateway/accounts/books.hpp"
#include "gateway/control/key_desk.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/run/control_pages.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

class Administration {
 public:
  // All must outlive it. `ledger` may be null.
  Administration(KeyDesk& keys, Books& books, Ledger* ledger,
                 providers::WallClock wall = providers::system_wall)
      : keys_(keys), books_(books), ledger_(ledger), wall_(std::move(wall)) {}

  providers::Task<Administered> answer(Pages::Loop& asker, AdminCall call);

 private:
  std::int64_t now_seconds() const { return std::chrono::system_clock::to_time_t(wall_()); }
  providers::Task<Administered> keys_page(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> provisioning(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> spend(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> forget(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> account(Pages::Loop& asker, AdminCall call);
  providers::Task<Administered> one_generation(Pages::Loop& asker, AdminCall call);

  KeyDesk& keys_;
  Books& books_;
  Ledger* const ledger_;
  const providers::WallClock wall_;
};

}  // namespace gateway

// Whose turn it is to be asked a canary, and what that may cost. The budget of an endpoint's day is never
// exceeded: before anything is asked, the worst it may cost is taken from it, and given back when the bill is
// known to be less. Pure: time and draws are arguments. Belongs to one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "config/values/settings.hpp"
#include "routing/terms/succession.hpp"

namespace routing {

class CanaryTurns {
 public:
  // Of one endpoint. Nano-dollars; the day is that of quotas, in seconds since 1970.
  struct Account {
    std::int64_t day = 0;
    std::int64_t spent = 0;    // of the day, what is set aside included
    std::int64_t dearest = 0;  // of all that were asked
    std::uint64_t asked = 0;   // in all
    config::WallTime next{};   // not before

    friend bool operator==(const Account&, const Account&) = default;
  };
  // One that may be asked now.
  struct Turn {
    std::uint64_t asked = 0;  // how often it was asked before
    std::int64_t set_aside = 0;
    std::int64_t day = 0;
  };

  // Whether it is its turn, which is taken then. `worst`: what the question may cost, in nano-dollars; of
  // one that ever cost half of it, twice that. `draw` is uniform in [0, 1).
  std::optional<Turn> take(const Identity& endpoint, const config::CanarySettings& settings,
                           std::int64_t worst, std::int64_t day, config::WallTime now, double draw);
  // It was not asked after all: the turn comes again.
  void give_back(const Identity& endpoint, const Turn& turn);
  // It was billed so much; nothing: nobody knows, so that all that was set aside is taken for spent.
  void settle(const Identity& endpoint, const Turn& turn, std::optional<std::int64_t> billed);

  std::int64_t spent(const Identity& endpoint, std::int64_t day) const;
  using Accounts = std::map<std::pair<std::uint64_t, std::uint64_t>, Account>;  // by identity
  const Accounts& accounts() const { return accounts_; }
  void recall(Accounts accounts) { accounts_ = std::move(accounts); }

 private:
  Accounts accounts_;
};

}  // namespace routing

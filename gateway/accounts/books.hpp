// What keys, teams, users and everybody may use, what they have used, and what is set aside for requests
// under way. A request sets aside the most it may use at all of them at once, or at none; when it ends, in
// whatever way, what it used counts and the rest is free again. Pure but for its lock: time is an argument.
//
// May be used by every thread. Nothing is allocated and nobody waits while a request is let in; what is held
// under the lock takes less than a microsecond.
#pragma once

#include <array>
#include <atomic>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/accounts/calendar.hpp"
#include "gateway/accounts/fair_places.hpp"
#include "gateway/accounts/fair_turns.hpp"

namespace gateway {

enum class Scope { user, key, team, everybody };
inline constexpr std::array<std::string_view, 4> scope_names{"user", "key", "team", "everybody"};

struct Amounts {
  std::int64_t requests = 0;
  std::int64_t tokens = 0;
  std::int64_t nanos = 0;  // of a dollar

  std::int64_t of(config::Measure measure) const {
    return measure == config::Measure::requests ? requests
           : measure == config::Measure::tokens ? tokens
                                                : nanos;
  }
  Amounts& operator+=(const Amounts& more) {
    requests += more.requests, tokens += more.tokens, nanos += more.nanos;
    return *this;
  }
  Amounts& operator-=(const Amounts& less) {
    requests -= less.requests, tokens -= less.tokens, nanos -= less.nanos;
    return *this;
  }
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

// One limit as it stands.
struct LimitState {
  Scope scope{};
  std::string name{};
  std::optional<config::Measure> measure{};  // absent: requests at the same time
  config::Period period{};
  std::int64_t limit = 0;
  std::int64_t used = 0;
  std::int64_t open = 0;  // set aside
  config::WallTime refills = config::WallTime::max();
  config::Duration refills_in{};
  bool is_away = false;            // what other gateways have left of it cannot be asked now
  bool is_of_one_request = false;  // tokens of each alone
  bool is_too_small = false;       // for this request, however little of it is used
  bool is_elsewhere = false;       // room there is, but not in the hand of this gateway
};

// A limit of several gateways as one of them tells and asks for it: what it has used of it in this window,
// what it has in hand, and what it wants beside that.
struct SharedLimit {
  Scope scope{};
  std::string key{};  // of Scope::user, beside the user's own name
  std::string name{};
  config::Measure measure{};
  config::Period period{};
  config::WallTime begins{}, ends{};
  std::int64_t limit = 0, own = 0, lease = 0, wanted = 0;
  // Of requests at the same time: in no window, and nothing of it is ever used up. `demand` is how many would
  // be under way here if no other gateway wanted any.
  bool is_concurrent = false;
  std::int64_t demand = 0;
};
// What it gets: `others` is what other gateways have used.
struct Granted {
  std::int64_t others = 0, granted = 0;
  std::int64_t most = no_bound;  // of requests at the same time, while others wait for some
};

struct Account;
struct Meter;

// What is set aside for one request. Belongs to it; given back to the books exactly once.
struct Reservation {
  std::array<Account*, 4> accounts{};
  std::size_t count = 0;
  Amounts most{};
  bool bounds_money = false;            // no more than `most` is charged
  std::int64_t most_tokens = no_bound;  // that one request may use

  bool is_open() const { return count > 0; }
};

struct Asked {
  std::string_view user{}, key{}, team{};
  Amounts most{};
  std::int64_t least_nanos = 0;  // with less there is no use in asking: of the shortest answer
  // The same of one request's tokens; absent: all that is asked for.
  std::optional<std::int64_t> least_tokens{};
  config::Priority priority = config::Priority::normal;
};

// Told on whatever thread makes room; must outlive the books' use of it.
class Bell {
 public:
  virtual void ring() = 0;

 protected:
  ~Bell() = default;
};

// A request that waits for others to end. Belongs to the books while it is in their line.
struct Waiting : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::safe_link>> {
  Asked asked;
  Reservation reservation{};
  std::array<Account*, 4> accounts{};
  std::size_t count = 0;
  Bell* bell = nullptr;
  FairTurns::Turn turn = 0;
  std::uint64_t owner = 0;             // with whose requests it takes turns
  std::atomic<bool> is_called{false};  // it holds its reservation, or never will
};

// wait: only what is set aside for others is in the way.
enum class Let { in, wait, out };

class Books {
 public:
  Books(config::WallTime wall, config::TimePoint now);
  ~Books();
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  // Whose quotas hold from now on; what was used stays, in windows that are not over by now.
  void adopt(const config::Settings& settings, config::WallTime wall, config::TimePoint now);
  // By how much the system's clock was set forward, or back, since the calendar was read or this was last
  // told; nothing of less than half a minute.
  std::optional<config::Duration> new_step(config::WallTime wall, config::TimePoint now);
  // Whether there is any quota at all.
  bool has_quotas() const { return has_quotas_.load(std::memory_order_relaxed); }

  // Sets aside what is asked for; money, where it does not fit, as much as there is. `blocking` then says,
  // where it is not let in, what is in its way.
  Let reserve(const Asked& asked, config::TimePoint now, Reservation& reservation,
              LimitState* blocking = nullptr);
  // What reserve() would set aside now, if it would let it in: nothing is, and nobody waits for it. Those in
  // line are not looked at. Else `let` says whether it would wait, and `blocking` what is in its way.
  struct WhatIf {
    std::optional<Reservation> reservation{};
    Let let = Let::in;
    LimitState blocking{};
  };
  WhatIf what_if(const Asked& asked, config::TimePoint now);
  // Sets aside what is asked for whether it fits or not: of a request that another process has let in.
  Reservation hold(const Asked& asked, config::TimePoint now);
  // From now on so much is set aside for it.
  void change(Reservation& held, Amounts most);
  // More for the same request, as for a second attempt beside the first. False: there is none; `blocking`
  // then says which limit is in the way.
  bool extend(Reservation& reservation, std::int64_t nanos, config::TimePoint now,
              LimitState* blocking = nullptr);
  // The request has ended. Returns what it was charged. Lets others in, and rings for them.
  std::int64_t settle(Reservation& reservation, Amounts used, config::TimePoint now);

  // `waiting` gets into the line, where keys take turns, until it is called or leaves.
  void stand_in_line(Waiting& waiting);
  // Whether it has its reservation.
  bool leave_line(Waiting& waiting);
  // Lets in who waited for a window to begin anew.
  void look(config::TimePoint now);

  // What was used before this process began.
  struct Past {
    Scope scope{};
    std::string key;  // of Scope::user, beside the user's own name
    std::string name;
    config::Measure measure{};
    config::Period period{};
    std::int64_t used = 0;
    bool is_own = false;  // by this gateway, of what stands in another one as used by all
  };
  void add(const Past& past, config::TimePoint now);
  // What a process used that was here before this one and still serves; less, where it was thought to be
  // more.
  void add(std::string_view user, std::string_view key, std::string_view team, Amounts used,
           config::TimePoint now);
  // What is asked of the past: of each limit once, when it is new.
  struct Question {
    Scope scope{};
    std::string name;
    config::Measure measure{};
    config::Period period{};
    config::WallTime since{};
  };
  std::vector<Question> questions(config::TimePoint now);
  // How the limits stand that a request counts against: of requests and tokens the tightest, and one of which
  // four fifths are used or set aside.
  struct Left {
    std::int64_t limit = 0, remaining = 0;
    config::Duration resets_in{};  // none: never
  };
  struct Standing {
    std::optional<Left> requests{}, tokens{};
    std::optional<LimitState> nearly_used{};
  };
  Standing standing(const Reservation& reservation, config::TimePoint now) const;
  // Told once in a window, when four fifths of a limit are used; on whatever thread. Before any request.
  void on_nearly_used(std::function<void(const LimitState&)> tell) { nearly_used_ = std::move(tell); }
  // The limits of everybody who has some; of one key and its team where it is named.
  enum class Users { left_out, included };
  std::vector<LimitState> limits(config::TimePoint now, Users users) const;
  std::vector<LimitState> limits_of(std::string_view user, std::string_view key, std::string_view team,
                                    config::TimePoint now) const;
  // Money set aside for requests under way, at the widest account there is; 0 when nothing is under way.
  std::int64_t open_nanos() const;
  // From now on what is set aside must be in hand. `wanted` is called where somebody waits
  // for more, on any thread.
  void share(std::function<void()> wanted);
  // Of limits that are in use here. What they have in hand and need not goes back with it; so does, every
  // other time by the bits of `draw`, what is too little for anybody: two who each have half of what one
  // needs would wait for each other.
  std::vector<SharedLimit> shared_limits(config::TimePoint now, std::uint64_t draw);
  // The next time also those that nobody uses now: who keeps them has lost them.
  void tell_all();
  void grant(const SharedLimit& limit, const Granted& granted, config::TimePoint now);
  // Others cannot be asked: money is what is in hand, and of everything else this gateway takes its share,
  // where there are so many. Nothing: they can.
  void be_alone(std::optional<int> gateways, config::TimePoint now);
  std::int64_t leased_nanos() const;

  std::size_t open_requests() const { return open_requests_.load(std::memory_order_relaxed); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Accounts = std::unordered_map<std::string, std::unique_ptr<Account>, Hash, std::equal_to<>>;
  using Line = boost::intrusive::list<Waiting>;
  struct Blocked;
  struct UserQuota;

  std::size_t find(const Asked& asked, std::array<Account*, 4>& accounts);
  Account* user_account(std::string_view key, std::string_view user);
  Let take(const Asked& asked, const std::array<Account*, 4>& accounts, std::size_t count,
           config::TimePoint now, Reservation& reservation, Blocked& blocked) const;
  void configure(Account& account, const config::Quota& quota);
  void roll(Account& account, config::TimePoint now) const;
  void move_windows(Account& account, const Calendar& before, config::TimePoint now) const;
  LimitState state(const Account& account, const Blocked& blocked, config::TimePoint now) const;
  void add_states(const Account& account, config::TimePoint now, std::vector<LimitState>& states) const;
  void call_waiting(config::TimePoint now, std::vector<Bell*>& bells);
  void sweep_users(config::TimePoint now);
  bool has_in_hand(Account& account, Meter& meter, std::int64_t needed) const;
  bool has_slot(Account& account) const;
  void activate(Account& account) const;
  void want() const;
  void take_share(Meter& meter) const;
  void take_share_of_slots(Account& account) const;
  bool share_slots(Account& account, config::TimePoint now, std::uint64_t draw,
                   std::vector<SharedLimit>& limits) const;
  Account* account_of(Scope scope, std::string_view key, std::string_view name);
  bool share_account(Account& account, config::TimePoint now, std::uint64_t draw,
                     std::vector<SharedLimit>& limits);

  mutable std::mutex mutex_;
  config::TimePoint next_sweep_{};  // of users that have used nothing
  Calendar calendar_;
  std::unique_ptr<Account> everybody_;
  Accounts keys_, teams_, users_;
  std::unordered_map<std::string, config::Quota, Hash, std::equal_to<>> user_quotas_;  // by key
  std::unordered_set<std::string> asked_users_of_;  // keys, whose users' past was asked for
  Line line_;
  PriorityTurns turns_;
  std::uint64_t pass_ = 0;
  std::function<void(const LimitState&)> nearly_used_;
  bool is_shared_ = false;
  int alone_of_ = 0;  // so many gateways, where the others cannot be asked
  std::function<void()> wanted_;
  mutable bool is_wanted_ = false;
  mutable Account* active_ = nullptr;  // the first one
  bool tells_all_ = false;
  std::atomic<bool> has_quotas_{false};
  std::atomic<std::size_t> open_requests_{0};
  config::Duration told_step_{};  // of the system's clock
};

}  // namespace gateway

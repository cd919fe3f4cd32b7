// The line of the books: who waits for others to end, and is let in in the order of turns.
#include <algorithm>
#include <functional>

#include "gateway/accounts/account.hpp"

namespace gateway {

void Books::stand_in_line(Waiting& waiting) {
  const std::string_view whose = waiting.asked.key.empty() ? waiting.asked.user : waiting.asked.key;
  waiting.owner = std::hash<std::string_view>()(whose);
  const std::lock_guard lock(mutex_);
  waiting.count = find(waiting.asked, waiting.accounts);
  for (std::size_t i = 0; i < waiting.count; ++i) ++waiting.accounts[i]->in_line;
  const config::Priority priority = waiting.asked.priority;
  waiting.turn = turns_.next(waiting.owner, priority, others_in(line_, priority));
  insert_in_turn(line_, waiting);
  if (is_shared_) want();  // what came for it meanwhile found nobody in line
}

bool Books::leave_line(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  if (waiting.is_linked()) {
    line_.erase(line_.iterator_to(waiting));
    for (std::size_t i = 0; i < waiting.count; ++i) --waiting.accounts[i]->in_line;
    give_back_turn(turns_, line_, waiting);
  }
  return waiting.reservation.is_open();
}

void Books::look(config::TimePoint now) {
  std::vector<Bell*> bells;
  {
    const std::lock_guard lock(mutex_);
    if (!line_.empty()) call_waiting(now, bells);
  }
  for (Bell* bell : bells) bell->ring();
}

// In the order of turns, of each account.
void Books::call_waiting(config::TimePoint now, std::vector<Bell*>& bells) {
  ++pass_;
  for (auto at = line_.begin(); at != line_.end();) {
    Waiting& waiting = *at;
    const auto is_blocked = [&](const Account* account) { return account && account->blocked_in == pass_; };
    if (std::ranges::any_of(waiting.accounts, is_blocked)) {
      ++at;
      continue;
    }
    Blocked blocked;
    const Let let = take(waiting.asked, waiting.accounts, waiting.count, now, waiting.reservation, blocked);
    if (let == Let::wait) {
      const_cast<Account*>(blocked.account)->blocked_in = pass_;
      ++at;
      continue;
    }
    if (let == Let::in) {
      open_requests_.fetch_add(1, std::memory_order_relaxed);
      turns_.served(waiting.turn);
    } else {
      turns_.give_back(waiting.turn, waiting.owner);
    }
    at = line_.erase(at);
    for (std::size_t i = 0; i < waiting.count; ++i) --waiting.accounts[i]->in_line;
    if (std::ranges::find(bells, waiting.bell) == bells.end()) bells.push_back(waiting.bell);
    waiting.is_called.store(true, std::memory_order_release);
  }
}

}  // namespace gateway

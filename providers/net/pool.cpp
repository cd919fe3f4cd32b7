#include "providers/net/pool.hpp"

namespace providers {
namespace {

// A host's clock begins before ours, and what we send is under way for a while: sooner than it says.
config::Duration less_a_margin(config::Duration timeout) {
  constexpr config::Duration least = std::chrono::milliseconds(500);
  return timeout <= 2 * least ? timeout / 2 : timeout - std::max(least, timeout / 10);
}

}  // namespace

Pool::~Pool() {
  for (Idle& idle : idle_) {
    idle.connection->watch(nullptr);
    idle.connection->close();
  }
}

ConnectionPtr Pool::take() {
  while (!idle_.empty()) {
    const auto newest = std::prev(idle_.end());
    ConnectionPtr connection = newest->connection;
    connection->watch(nullptr);
    outlived(*newest);
    constexpr config::Duration soon = std::chrono::seconds(1);
    may_be_stale_ = newest->was == Was::used || timer_.now() - newest->since > soon;
    terms_ = newest->terms;
    const bool is_due = newest->until <= timer_.now();
    newest->connection.reset();
    spare_.splice(spare_.end(), idle_, newest);
    // Bytes nobody asked for would be taken for the next reply.
    if (!is_due && !connection->ended() && connection->unread().empty()) return connection;
    connection->close();
  }
  return {};
}

void Pool::put(ConnectionPtr connection, Was was, const Terms& terms) {
  if (was == Was::used) told_ = less_a_margin(terms.timeout);
  const config::Duration keep_for = std::min(keep_for_, told_);
  const bool is_done = keep_for <= config::Duration{} || terms.more_requests == 0;
  if (is_done || connection->ended() || !connection->unread().empty() || idle_.size() >= max_idle_) {
    connection->close();
    return;
  }
  if (spare_.empty()) spare_.emplace_back();
  idle_.splice(idle_.end(), spare_, spare_.begin());
  Idle& idle = idle_.back();
  idle.pool = this;
  idle.self = std::prev(idle_.end());
  idle.connection = std::move(connection);
  idle.since = timer_.now();
  idle.until = idle.since + keep_for;
  idle.terms = terms;
  idle.was = was;
  idle.connection->watch(&idle);
  idle.connection->start_reading();
  if (!is_set() || idle.until < due()) timer_.set(*this, idle.until);
}

std::size_t Pool::give_back(std::size_t most) {
  std::size_t given = 0;
  for (; given < most && !idle_.empty(); ++given) drop(idle_.begin());
  return given;
}

void Pool::drop(std::list<Idle>::iterator idle) {
  idle->connection->watch(nullptr);
  idle->connection->close();
  idle->connection.reset();
  spare_.splice(spare_.end(), idle_, idle);
}

void Pool::outlived(const Idle& idle) {
  host_keeps_ = std::max(host_keeps_, timer_.now() - idle.since);
}

void Pool::ring() {
  const config::TimePoint now = timer_.now();
  auto next = config::TimePoint::max();
  for (auto at = idle_.begin(); at != idle_.end();) {
    const auto idle = at++;
    if (idle->until > now) {
      next = std::min(next, idle->until);
    } else {
      outlived(*idle);
      drop(idle);
    }
  }
  if (next != config::TimePoint::max()) timer_.set(*this, next);
}

}  // namespace providers

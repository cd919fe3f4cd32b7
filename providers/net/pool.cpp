#include "providers/net/pool.hpp"

#include <algorithm>

namespace providers {

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
    newest->connection.reset();
    spare_.splice(spare_.end(), idle_, newest);
    // Bytes nobody asked for would be taken for the next reply.
    if (!connection->ended() && connection->unread().empty()) return connection;
    connection->close();
  }
  return {};
}

void Pool::put(ConnectionPtr connection, Was was) {
  if (connection->ended() || !connection->unread().empty() || idle_.size() >= max_idle_) {
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
  idle.was = was;
  idle.connection->watch(&idle);
  idle.connection->start_reading();
  if (!is_set()) timer_.set(*this, idle.since + keep_for_);
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
  while (!idle_.empty() && idle_.front().since + keep_for_ <= now) {
    outlived(idle_.front());
    drop(idle_.begin());
  }
  if (!idle_.empty()) timer_.set(*this, idle_.front().since + keep_for_);
}

}  // namespace providers

// Idle connections to one host, kept for the next request. Only connections whose last reply was read to its
// end get here; one on which anything arrives while it is idle is dropped. Belongs to one loop.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <utility>

#include "providers/loop/timer.hpp"
#include "providers/net/connection.hpp"

namespace providers {

class Pool final : private Alarm {
 public:
  Pool(Timer& timer, std::size_t max_idle, config::Duration keep_for)
      : timer_(timer), max_idle_(max_idle), keep_for_(keep_for) {}
  ~Pool();

  // What the host said of one connection. It goes with it.
  struct Terms {
    config::Duration timeout = config::Duration::max();  // that it is kept for while it is idle
    std::optional<std::uint64_t> more_requests;          // that may be sent on it
  };
  // The connection used last, or nothing.
  ConnectionPtr take();
  // Those of the connection that was taken last.
  const Terms& terms() const { return terms_; }
  // Whether its host may have closed the connection that was taken last, for having been idle: one that was
  // made a moment ago, and never used, is not closed for that.
  bool may_be_stale() const { return may_be_stale_; }
  enum class Was { used, made_ahead };
  void put(ConnectionPtr connection, Was was, const Terms& terms);
  void put(ConnectionPtr connection, Was was = Was::used) { put(std::move(connection), was, Terms()); }
  // Closes up to `most`, those that were idle the longest, and says how many.
  std::size_t give_back(std::size_t most);
  std::size_t idle() const { return idle_.size(); }
  // How long the host keeps an idle connection, by the one that it closed last and those that outlived it,
  // and by what it said last; as long as can be said where it never closed one, nor said anything.
  config::Duration host_keeps() const { return std::min(host_keeps_, told_); }

 private:
  // An idle connection goes by itself when its host closes it.
  struct Idle final : Connection::Watcher {
    Pool* pool = nullptr;
    std::list<Idle>::iterator self;
    ConnectionPtr connection;
    config::TimePoint since{};
    config::TimePoint until{};
    Terms terms;
    Was was{};
    void peer_left() override {
      pool->host_keeps_ = pool->timer_.now() - since;
      pool->drop(self);
    }
  };
  void drop(std::list<Idle>::iterator idle);
  void outlived(const Idle& idle);
  void ring() override;  // drops what was idle for too long

  Timer& timer_;
  const std::size_t max_idle_;
  const config::Duration keep_for_;
  config::Duration host_keeps_ = config::Duration::max();
  config::Duration told_ = config::Duration::max();  // with the margin
  Terms terms_;
  bool may_be_stale_ = false;
  std::list<Idle> idle_;   // the one used last at the end
  std::list<Idle> spare_;  // list nodes to use again, so that the hot path does not allocate
};

}  // namespace providers

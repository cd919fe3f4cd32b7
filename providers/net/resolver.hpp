// Addresses of hosts, asked for in the background and remembered, so that a slow name server delays at most
// the first request. Stale answers are used while they are refreshed, and for a moment a name without an
// address is not asked for again. Belongs to one loop.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "providers/loop/timer.hpp"
#include "providers/net/names.hpp"
#include "providers/net/result.hpp"

namespace providers {

class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  static constexpr config::Duration fresh_for = std::chrono::seconds(30);
  static constexpr config::Duration failed_for = std::chrono::seconds(3);

  // `names` must outlive the resolver.
  Resolver(boost::asio::io_context& io, Timer& timer, Names& names);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Waits in `wait` until `limit` where nothing is known yet; whoever wakes it ends the wait. The look-up
  // itself goes on beyond that. `host` and `wait` must outlive the task.
  Task<Result<Addresses>> addresses(const std::string& host, std::uint16_t port, config::TimePoint limit,
                                    Sleep& wait);
  // Look-ups under way. They cannot be cut short: the loop goes on for them.
  std::size_t asking() const { return asking_; }

 private:
  struct Entry {
    std::vector<boost::asio::ip::address> addresses;
    config::TimePoint ask_again{};
    routing::FailureKind failure = routing::FailureKind::resolve;  // while there are no addresses
    bool asking = false;
    std::vector<Sleep*> waiting;
    std::vector<Sleep*> waking;  // those of `waiting` whose answer has come, until each is told
  };
  struct Mailbox;
  void ask(const std::string& host, Entry& entry);
  void answered(const std::string& host, const Names::Found& found);

  boost::asio::io_context& io_;
  Timer& timer_;
  Names& names_;
  std::map<std::string, Entry> entries_;  // one per configured host: bounded
  std::size_t asking_ = 0;
  std::shared_ptr<Mailbox> mailbox_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> awaits_answers_;
};

}  // namespace providers

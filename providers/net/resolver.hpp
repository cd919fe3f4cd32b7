// Addresses of hosts, asked for in the background and remembered, so that a slow name server delays at most
// the first request. Stale answers are used while they are refreshed. Belongs to one loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <string>
#include <vector>

#include "providers/loop/timer.hpp"
#include "providers/net/result.hpp"

namespace providers {

class Resolver {
 public:
  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  static constexpr config::Duration fresh_for = std::chrono::seconds(30);

  Resolver(boost::asio::io_context& io, Timer& timer) : resolver_(io), timer_(timer) {}

  // Waits in `wait` until `limit` where nothing is known yet; whoever wakes it ends the wait. The look-up
  // itself goes on beyond that. `host` and `wait` must outlive the task.
  Task<Result<Addresses>> addresses(const std::string& host, std::uint16_t port, config::TimePoint limit,
                                    Sleep& wait);
  // Look-ups under way. They cannot be cut short: the loop's end waits for them.
  std::size_t asking() const { return asking_; }

 private:
  struct Entry {
    Addresses addresses;
    config::TimePoint asked{};
    bool asking = false;
    std::vector<Sleep*> waiting;
  };
  using Key = std::pair<std::string, std::uint16_t>;
  void ask(const Key& key, Entry& entry);

  boost::asio::ip::tcp::resolver resolver_;
  Timer& timer_;
  std::map<Key, Entry> entries_;  // one per configured host: bounded
  std::size_t asking_ = 0;
};

}  // namespace providers

// Connects to the first of a host's addresses that answers. The next one is tried when the last has failed,
// or a quarter of a second after it began: RFC 8305, "Happy Eyeballs". Belongs to one loop.
#pragma once

#include <memory>
#include <vector>

#include "providers/loop/timer.hpp"
#include "providers/net/connection.hpp"
#include "providers/net/result.hpp"

namespace providers {

class Dial {
 public:
  using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;
  static constexpr config::Duration head_start = std::chrono::milliseconds(250);

  // Both must outlive the dial.
  Dial(boost::asio::io_context& io, Timer& timer);
  ~Dial();
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;

  // Once. `local` where this machine had no room for any of the connections, else `connect`.
  Task<Result<Connection::Socket>> connect(const Addresses& addresses, config::TimePoint limit);
  // Has connect() end with a failure, after the caller has returned. Idempotent.
  void abort();

 private:
  struct Race;
  const std::shared_ptr<Race> race_;  // shared with operations that have not come back
};

// The same, the families in turn, the first one's first.
Dial::Addresses in_turn(const Dial::Addresses& addresses);

}  // namespace providers

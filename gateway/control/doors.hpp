// Where a gateway is reached: the loops at the address of clients, and the door of administration, where that
// has an address of its own. Belong to who starts the gateway, then to the control loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/control/admin_door.hpp"
#include "gateway/control/loops.hpp"
#include "gateway/control/take_over.hpp"
#include "gateway/process/given_sockets.hpp"

namespace gateway {

class Doors {
 public:
  // Where an operator reads what happens.
  using Say = std::function<void(const std::string&)>;
  explicit Doors(Say say) : say_(std::move(say)) {}

  // Where sockets may come from that listen already.
  struct Before {
    const GivenSockets& supervisor;
    const TakeOver& predecessor;
  };
  // Opens what the configuration names. False, and said why: one of them cannot be.
  bool open(const Loops::Common& common, const std::shared_ptr<const Generation>& generation,
            const Before& before);

  Loops& loops() { return loops_; }
  std::optional<AdminDoor>& admin() { return admin_; }
  const std::string& url() const { return url_; }  // of clients
  const std::string& admin_url() const { return admin_url_.empty() ? url_ : admin_url_; }
  // Of clients, the address that most reach: what the configuration says, or a socket that was given and that
  // other machines reach.
  const std::string& host() const { return host_; }
  // All that is listened at, for another process.
  HandedSockets sockets();

 private:
  using Tcp = boost::asio::ip::tcp;
  // `listen` gives where it listens then. Nothing, and said why: it cannot.
  using Listen = std::function<Tcp::endpoint(const Tcp::endpoint& address, const std::vector<int>& given)>;
  std::optional<Tcp::endpoint> open(const config::ListenAddress& wanted,
                                    const std::vector<int>& by_supervisor, const TakeOver& predecessor,
                                    const Listen& listen);
  // Whether the sockets for clients may be used; says why not.
  bool may_open(const config::Settings& settings, const std::vector<int>& given);
  // The same of the one for administration.
  bool may_administer(const config::Settings& settings, int given);

  Say say_;
  Loops loops_;
  std::optional<AdminDoor> admin_;
  std::string host_;
  std::string url_, admin_url_;  // empty: administration has no address of its own
};

}  // namespace gateway

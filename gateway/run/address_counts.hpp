// How many connections each address of clients has. Shared by the listeners of all loops and locked: asked
// once a connection, and only where a limit is set.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <map>
#include <mutex>

namespace gateway {

class AddressCounts {
 public:
  // `most` connections for one address; 0: as many as they like.
  explicit AddressCounts(int most) : most_(most) {}

  bool limits() const { return most_ > 0; }
  // Counts one more, or says false where the address has all it may have.
  bool enter(const boost::asio::ip::address& address);
  void leave(const boost::asio::ip::address& address);

 private:
  const int most_;
  std::mutex mutex_;
  std::map<boost::asio::ip::address, int> counts_;  // only those that are connected
};

}  // namespace gateway

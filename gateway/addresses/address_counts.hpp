// How many connections each address of clients has, and how many requests those that come through a trusted
// proxy have under way. Shared by the listeners of all loops and locked: asked once a connection, and only
// where a limit is set.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <map>
#include <mutex>

namespace gateway {

class AddressCounts {
 public:
  // This machine's own programs are one address, and no strangers.
  enum class Loopback { free, counted };

  // `most` for one address; 0: as many as they like.
  explicit AddressCounts(int most, Loopback loopback = Loopback::free) : most_(most), loopback_(loopback) {}

  // Whether the address is counted at all.
  bool limits(const boost::asio::ip::address& address) const {
    return most_ > 0 && (loopback_ == Loopback::counted || !address.is_loopback());
  }
  // Counts one more, or says false where the address has all it may have.
  bool enter(const boost::asio::ip::address& address);
  void leave(const boost::asio::ip::address& address);

 private:
  const int most_;
  const Loopback loopback_;
  std::mutex mutex_;
  std::map<boost::asio::ip::address, int> counts_;  // only those that are connected
};

}  // namespace gateway

// A request of a client behind a trusted proxy: named in it, and counted for that client while it is under
// way. Of other connections it does nothing. Belongs to its request.
#pragma once

#include "gateway/addresses/address_counts.hpp"
#include "gateway/addresses/client_address.hpp"
#include "gateway/http/incoming.hpp"

namespace gateway {

class ForwardedClient {
 public:
  ForwardedClient(AddressCounts& addresses, const Peer& peer, std::span<const config::AddressRange> trusted,
                  Incoming& incoming)
      : addresses_(addresses) {
    if (!peer.is_proxy) return;
    const auto address = forwarded_client(incoming.forwarded_for, trusted).value_or(peer.address);
    incoming.client = address.to_string();
    if (is_in(address, trusted) || !addresses_.limits(address)) return;
    within_ = addresses_.enter(address);
    if (within_) counted_ = address;
  }
  ~ForwardedClient() {
    if (counted_) addresses_.leave(*counted_);
  }
  ForwardedClient(const ForwardedClient&) = delete;
  ForwardedClient& operator=(const ForwardedClient&) = delete;

  bool is_within_limit() const { return within_; }

 private:
  AddressCounts& addresses_;
  std::optional<boost::asio::ip::address> counted_;
  bool within_ = true;
};

}  // namespace gateway

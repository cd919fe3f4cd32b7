// Who a client is by address: the other end of its connection, or whom a trusted proxy names. Values.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "config/values/address.hpp"

namespace gateway {

// The other end of a connection.
struct Peer {
  boost::asio::ip::address address{};
  bool is_proxy = false;  // one of `trusted_proxies` when it connected
};

// An IPv4 address that came in its IPv6 form, as sockets for both families give it, as itself.
boost::asio::ip::address as_itself(const boost::asio::ip::address& address);

bool is_in(const boost::asio::ip::address& address, std::span<const config::AddressRange> ranges);

// The last hop that is no trusted proxy, or the first one where all are; nothing where that is no address.
// `fields` are the values of all X-Forwarded-For in their order, joined by commas.
std::optional<boost::asio::ip::address> forwarded_client(std::string_view fields,
                                                         std::span<const config::AddressRange> trusted);

}  // namespace gateway

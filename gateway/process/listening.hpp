// Addresses that a gateway listens at, in the words of operators.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string>

#include "config/values/settings.hpp"

namespace gateway {

enum class Spoken { http, https };

std::string url_of(const boost::asio::ip::tcp::endpoint& address, Spoken spoken);
// Nothing where the host is no address.
std::optional<boost::asio::ip::tcp::endpoint> endpoint_of(const config::ListenAddress& listen);
// Where a socket listens that was given; nothing where it is none of TCP.
std::optional<boost::asio::ip::tcp::endpoint> endpoint_at(int descriptor);
// Throws boost::system::system_error where the address is taken: with SO_REUSEPORT alone, a second gateway of
// the same user would take half of the first one's connections instead of failing.
void expect_free(boost::asio::io_context& io, const boost::asio::ip::tcp::endpoint& address);
std::string no_address(const config::ListenAddress& listen);
std::string cannot_listen(const config::ListenAddress& listen, const boost::system::error_code& error);

}  // namespace gateway

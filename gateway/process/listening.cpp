#include "gateway/process/listening.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

namespace gateway {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

std::string url_of(const Tcp::endpoint& address, Spoken spoken) {
  const std::string host =
      address.address().is_v6() ? "[" + address.address().to_string() + "]" : address.address().to_string();
  return (spoken == Spoken::https ? "https://" : "http://") + host + ":" + std::to_string(address.port());
}

std::optional<Tcp::endpoint> endpoint_of(const config::ListenAddress& listen) {
  boost::system::error_code error;
  const auto host = asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host, error);
  return error ? std::nullopt : std::optional(Tcp::endpoint(host, listen.port));
}

std::optional<Tcp::endpoint> endpoint_at(int descriptor) {
  Tcp::endpoint address;
  socklen_t size = static_cast<socklen_t>(address.capacity());
  if (::getsockname(descriptor, address.data(), &size) != 0) return std::nullopt;
  const int family = address.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  address.resize(size);
  return address;
}

void expect_free(asio::io_context& io, const Tcp::endpoint& address) {
  Tcp::acceptor alone(io);
  alone.open(address.protocol());
  alone.set_option(Tcp::acceptor::reuse_address(true));
  alone.bind(address);
}

std::string no_address(const config::ListenAddress& listen) {
  return "cannot listen on " + listen.host + ": not an IP address";
}

std::string cannot_listen(const config::ListenAddress& listen, const boost::system::error_code& error) {
  std::string text =
      "cannot listen on " + listen.host + ":" + std::to_string(listen.port) + ": " + error.message();
  if (error == asio::error::address_in_use)
    text += ". Another program, maybe another isocost, has this port: end it, or set another one";
  return text;
}

}  // namespace gateway

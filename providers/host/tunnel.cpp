#include "providers/host/tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "providers/credentials/digest.hpp"
#include "providers/loop/spawn.hpp"

namespace providers {
namespace {

using boost::system::error_code;

constexpr std::size_t most_head = 8 << 10;

}  // namespace

Task<std::string> open_tunnel(Connection::Socket& socket, const config::ProxySettings& proxy,
                              const config::BaseUrl& to) {
  const bool is_v6 = to.host.find(':') != std::string::npos;
  const std::string authority = (is_v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
  std::string asked = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (!proxy.authorization.empty()) {
    asked += "Proxy-Authorization: Basic " + base64_of(proxy.authorization.reveal()) + "\r\n";
  }
  asked += "\r\n";
  const auto [not_sent, sent] = co_await completion<error_code, std::size_t>(
      [&](auto handler) { boost::asio::async_write(socket, boost::asio::buffer(asked), handler); });
  if (not_sent) co_return "the proxy " + proxy.url.host + " hung up";

  // Behind its head nothing comes before we speak.
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    if (head.size() > most_head) co_return "the proxy " + proxy.url.host + " does not answer in HTTP";
    char room[1024];
    const auto [ended, bytes] = co_await completion<error_code, std::size_t>(
        [&](auto handler) { socket.async_read_some(boost::asio::buffer(room), handler); });
    if (ended) co_return "the proxy " + proxy.url.host + " hung up";
    head.append(room, bytes);
  }
  const bool is_http = head.starts_with("HTTP/1.") && head.size() > 12;
  if (!is_http) co_return "the proxy " + proxy.url.host + " does not answer in HTTP";
  if (head[9] == '2') co_return "";
  co_return "the proxy " + proxy.url.host + " refused to pass the connection on: status " + head.substr(9, 3);
}

}  // namespace providers

#include "gateway/commands/download.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "gateway/state/read_whole.hpp"
#include "providers/net/authorities.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;

constexpr std::size_t most_bytes = 256u << 20;
constexpr int most_redirects = 5;

struct Answer {
  std::string body;
  std::string moved_to;  // empty where it did not
};

struct Address {
  std::string host, port, target;
};

Address parsed(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  const std::string_view rest = url.substr(std::min(url.size(), scheme.size()));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view behind = rest.substr(authority.size());
  const std::size_t colon = authority.rfind(':');
  const std::string_view host = authority.substr(0, colon);
  if (!url.starts_with(scheme) || host.empty() || host.find_first_of("@[] ") != std::string_view::npos) {
    throw std::runtime_error(std::string(url) + " is no https address");
  }
  return {.host = std::string(host),
          .port = colon == std::string_view::npos ? "443" : std::string(authority.substr(colon + 1)),
          .target = behind.starts_with('/') ? std::string(behind) : "/" + std::string(behind)};
}

asio::awaitable<Answer> get(const Address& url, asio::ssl::context& context) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(url.host, url.port, use_awaitable);
  beast::ssl_stream<beast::tcp_stream> stream(executor, context);
  stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
  SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
  co_await stream.next_layer().async_connect(addresses, use_awaitable);
  co_await stream.async_handshake(asio::ssl::stream_base::client, use_awaitable);

  http::request<http::empty_body> request(http::verb::get, url.target, 11);
  request.set(http::field::host, url.port == "443" ? url.host : url.host + ":" + url.port);
  request.set(http::field::user_agent, "isocost");
  co_await http::async_write(stream, request, use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_bytes);
  co_await http::async_read(stream, buffer, parser, use_awaitable);
  http::response<http::string_body> response = parser.release();
  const auto status = static_cast<int>(response.result_int());
  if (status >= 301 && status <= 308)
    co_return Answer{.body = {}, .moved_to = std::string(response[http::field::location])};
  if (status != 200) throw std::runtime_error("it answered with status " + std::to_string(status));
  co_return Answer{.body = std::move(response.body()), .moved_to = {}};
}

asio::awaitable<std::string> follow(std::string address, asio::ssl::context& context) {
  for (int i = 0; i <= most_redirects; ++i) {
    const Address url = parsed(address);
    Answer answer = co_await get(url, context);
    if (answer.moved_to.empty()) co_return std::move(answer.body);
    const bool is_at_same_host = answer.moved_to.starts_with('/');
    address = is_at_same_host ? "https://" + url.host + ":" + url.port + answer.moved_to : answer.moved_to;
  }
  throw std::runtime_error("it moves on and on");
}

}  // namespace

std::string download(const std::string& url) {
  asio::io_context io;
  asio::ssl::context context(asio::ssl::context::tls_client);
  providers::trust_authorities(context.native_handle(), providers::Store::shared);
  context.set_verify_mode(asio::ssl::verify_peer);
  std::optional<std::string> body;
  std::exception_ptr fault;
  asio::co_spawn(io, follow(url, context), [&](const std::exception_ptr& thrown, std::string got) {
    fault = thrown;
    if (!thrown) body = std::move(got);
  });
  io.run_for(std::chrono::minutes(1));
  try {
    if (fault) std::rethrow_exception(fault);
    if (!body) throw std::runtime_error("it took more than a minute");
  } catch (const std::exception& why) {
    throw std::runtime_error(url + " cannot be had: " + why.what());
  }
  return *std::move(body);
}

std::string text_from(const std::string& from) {
  if (from.starts_with("https://")) return download(from);
  if (from.starts_with("http://")) {
    throw std::runtime_error(from +
                             " is not asked: lists are fetched by https alone, since anybody between could "
                             "change prices; write https://, or fetch it and name the file");
  }
  if (from == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  if (auto text = read_whole(from)) return *std::move(text);
  throw std::runtime_error("the file " + from + " cannot be read: " + std::strerror(errno));
}

}  // namespace gateway

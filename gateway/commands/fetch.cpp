#include "gateway/commands/fetch.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include "providers/net/authorities.hpp"

namespace gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t longest_answer = 16u << 20;

struct FetchedFrom {
  std::string host{};
  std::string port{};
  bool is_tls = false;
  std::string problem{};
};

// "http://host:port", "https://[::1]:8080", a slash at the end or none.
FetchedFrom address_of(const std::string& url) {
  constexpr std::string_view open = "http://", over_tls = "https://";
  const bool is_tls = url.starts_with(over_tls);
  std::string_view rest = url;
  if (is_tls || rest.starts_with(open)) rest.remove_prefix(is_tls ? over_tls.size() : open.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::string_view host = rest, port = is_tls ? "443" : "80";
  const std::size_t colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const bool digits = !port.empty() && port.find_first_not_of("0123456789") == std::string_view::npos;
  if (host.empty() || !digits || host.find_first_of("/ ?#@\r\n") != std::string_view::npos) {
    return {.problem = "`" + url + "` is no address; write for example http://127.0.0.1:8080"};
  }
  return {.host = std::string(host), .port = std::string(port), .is_tls = is_tls};
}

// Runs `io` for as long as the patience allows; what is not done then never will be.
void run(asio::io_context& io, tcp::socket& socket, std::chrono::steady_clock::time_point until) {
  io.restart();
  io.run_until(until);
  if (io.stopped()) return;
  boost::system::error_code ignored;
  socket.close(ignored);
  io.run();
}

// The message of an error envelope, which says more than the status does.
std::string message_of(const std::string& envelope) {
  boost::system::error_code error;
  const boost::json::value page = boost::json::parse(envelope, error);
  if (error) return {};
  const boost::json::value* message = page.find_pointer("/error/message", error);
  return message != nullptr && message->is_string() ? std::string(message->as_string()) : std::string();
}

Fetched answer_of(const std::string& text, const std::string& where, bool has_key) {
  const std::size_t head_end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || head_end == std::string::npos)
    return {.problem = where + " does not speak HTTP"};
  const std::string status = text.substr(9, 3);
  std::string body = text.substr(head_end + 4);
  if (status.starts_with("2")) return {.body = std::move(body)};
  std::string said = message_of(body);
  std::string problem = where + " answered with status " + status + ": is this isocost's address?";
  if (!said.empty()) problem = where + ": " + said;
  if (status == "401") {
    problem = where + " asks for a key: give one with --key";
    // What a client without a key is told helps nobody at a terminal.
    if (!has_key) said.clear();
  }
  return {.refusal = std::move(said), .problem = std::move(problem)};
}

}  // namespace

namespace {

std::string head_of(const FetchRequest& request, const FetchedFrom& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + address.host + "]" : address.host;
  std::string head = (request.body.empty() ? "GET " : "POST ") + request.path + " HTTP/1.1\r\nHost: " + host +
                     ":" + address.port + "\r\nConnection: close\r\nAccept: application/json\r\n";
  if (!request.token.empty()) head += "Authorization: Bearer " + request.token + "\r\n";
  if (!request.body.empty()) {
    head +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return head + request.fields + "\r\n" + request.body;
}

// Sends `text`; the answer ends with the connection. `error` is what ended it: eof where all is well.
template <class Stream>
void exchange(Stream& stream, const std::string& text, std::string& answer,
              boost::system::error_code& error) {
  asio::async_write(stream, asio::buffer(text), [&](const boost::system::error_code& e, std::size_t) {
    if (e) return void(error = e);
    asio::async_read(stream, asio::dynamic_buffer(answer, longest_answer),
                     [&](const boost::system::error_code& read_error, std::size_t) { error = read_error; });
  });
}

// The authorities are read here, and only where they are needed: that takes longer than many answers.
void verify(asio::ssl::context& trust, asio::ssl::stream<tcp::socket&>& stream, const std::string& host) {
  providers::trust_authorities(trust.native_handle(), providers::Store::shared);
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
}

Fetched exchange_over_tls(asio::io_context& io, tcp::socket& socket, const FetchedFrom& address,
                          const FetchRequest& request, const std::string& text,
                          std::chrono::steady_clock::time_point until, std::string& answer,
                          boost::system::error_code& error) {
  asio::ssl::context trust(asio::ssl::context::tls_client);
  asio::ssl::stream<tcp::socket&> stream(socket, trust);
  if (request.answers == Answers::who_is_verified) verify(trust, stream, address.host);
  boost::system::error_code no_address;
  asio::ip::make_address(address.host, no_address);
  if (no_address) SSL_set_tlsext_host_name(stream.native_handle(), address.host.c_str());  // of names only
  error = asio::error::timed_out;
  stream.async_handshake(asio::ssl::stream_base::client,
                         [&](const boost::system::error_code& e) { error = e; });
  run(io, socket, until);
  if (error) {
    return {.problem =
                "no TLS with " + address.host + ":" + address.port + " (" + error.message() +
                "): name the authority of its certificate in SSL_CERT_FILE, or ask the `admin` address"};
  }
  error = asio::error::timed_out;
  exchange(stream, text, answer, error);
  run(io, socket, until);
  return {};
}

}  // namespace

Fetched fetch(const FetchRequest& request) {
  const FetchedFrom address = address_of(request.url);
  if (!address.problem.empty()) return {.problem = address.problem};
  const std::string where = request.url + request.path;
  const auto until = std::chrono::steady_clock::now() + request.patience;

  asio::io_context io{1};
  tcp::resolver resolver(io);
  tcp::socket socket(io);
  boost::system::error_code error;
  const auto endpoints = resolver.resolve(address.host, address.port, error);
  if (error) return {.problem = "cannot find the host of " + request.url + ": " + error.message()};
  error = asio::error::timed_out;
  asio::async_connect(socket, endpoints,
                      [&](const boost::system::error_code& e, const tcp::endpoint&) { error = e; });
  run(io, socket, until);
  if (error)
    return {.problem = "cannot reach " + request.url + " (" + error.message() + "): is the gateway running?"};

  const std::string text = head_of(request, address);
  std::string answer;
  if (!address.is_tls) {
    error = asio::error::timed_out;
    exchange(socket, text, answer, error);
    run(io, socket, until);
  } else if (const Fetched failed =
                 exchange_over_tls(io, socket, address, request, text, until, answer, error);
             !failed.problem.empty()) {
    return failed;
  }
  if (error != asio::error::eof) return {.problem = where + " gave no whole answer: " + error.message()};
  return answer_of(answer, where, !request.token.empty());
}

}  // namespace gateway

#include "gateway/trace/otlp_post.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t longest_reply = 64u << 10;

// Runs `io` for as long as the patience allows; what is not done then never will be.
void run(asio::io_context& io, tcp::socket& socket, std::chrono::steady_clock::time_point until) {
  io.restart();
  io.run_until(until);
  if (io.stopped()) return;
  boost::system::error_code ignored;
  socket.close(ignored);
  io.run();
}

std::string head_of(const OtlpSettings& to, std::size_t length) {
  const bool is_ipv6 = to.host.find(':') != std::string::npos;
  std::string head =
      "POST " + to.path + " HTTP/1.1\r\nHost: " + (is_ipv6 ? "[" + to.host + "]" : to.host) + ":" + to.port +
      "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(length) +
      "\r\n";
  for (const auto& [name, value] : to.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

// The number behind `name` in the text; nothing where there is none.
std::optional<long> number_behind(std::string_view text, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto found = std::search(text.begin(), text.end(), name.begin(), name.end(),
                                 [&](char a, char b) { return lower(a) == lower(b); });
  if (found == text.end()) return std::nullopt;
  std::string_view rest = text.substr(static_cast<std::size_t>(found - text.begin()) + name.size());
  rest.remove_prefix(std::min(rest.find_first_not_of("\": "), rest.size()));
  long number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

Posted posted_of(const std::string& reply) {
  Posted posted;
  const std::size_t head_end = reply.find("\r\n\r\n");
  if (!reply.starts_with("HTTP/1.") || head_end == std::string::npos) {
    posted.problem = "what answered does not speak HTTP";
    return posted;
  }
  std::from_chars(reply.data() + 9, reply.data() + 12, posted.status);
  const std::string_view head = std::string_view(reply).substr(0, head_end);
  const std::string_view body = std::string_view(reply).substr(head_end);
  if (const auto seconds = number_behind(head, "\r\nretry-after:"); seconds && *seconds >= 0)
    posted.retry_after = std::chrono::seconds(std::min(*seconds, 600L));
  if (posted.status / 100 != 2) {
    posted.problem = "it answered with status " + std::to_string(posted.status);
  } else if (const auto rejected = number_behind(body, "\"rejectedSpans\""); rejected && *rejected > 0) {
    posted.rejected = static_cast<std::uint64_t>(*rejected);
  }
  return posted;
}

Posted post_spans(const OtlpSettings& to, const std::string& body) {
  const auto until = std::chrono::steady_clock::now() + to.timeout;
  asio::io_context io{1};
  tcp::resolver resolver(io);
  tcp::socket socket(io);
  boost::system::error_code error;
  const auto endpoints = resolver.resolve(to.host, to.port, error);
  if (error) return {.problem = "its host cannot be found: " + error.message()};
  error = asio::error::timed_out;
  asio::async_connect(socket, endpoints,
                      [&](const boost::system::error_code& e, const tcp::endpoint&) { error = e; });
  run(io, socket, until);
  if (error) return {.problem = "it cannot be reached: " + error.message()};
  const std::string head = head_of(to, body.size());
  const std::array<asio::const_buffer, 2> all{asio::buffer(head), asio::buffer(body)};
  std::string reply;
  error = asio::error::timed_out;
  asio::async_write(socket, all, [&](const boost::system::error_code& e, std::size_t) {
    if (e) return void(error = e);
    asio::async_read(socket, asio::dynamic_buffer(reply, longest_reply),
                     [&](const boost::system::error_code& read_error, std::size_t) { error = read_error; });
  });
  run(io, socket, until);
  // The answer ends with the connection, at the latest.
  if (error != asio::error::eof && reply.find("\r\n\r\n") == std::string::npos)
    return {.problem = "it gave no answer: " + error.message()};
  return posted_of(reply);
}

}  // namespace gateway

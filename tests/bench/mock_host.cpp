// An OpenAI-compatible host that answers without thinking, to measure what stands in front of it.
//
//   bench_mock_host [--port 9000]
//
// A request without "stream":true gets a canned answer at once. With it, "max_tokens" events (64) leave at
// exact times, "interval_ms" (20) apart, the first at once; the content of each is the CLOCK_MONOTONIC
// nanosecond at which it was handed to the kernel, so that the reader can tell its way through a proxy.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bench/loop.hpp"
#include "bench/mock_reply.hpp"

namespace bench {
namespace {

// The number after `"name":` in a JSON text, which its own load generator wrote.
std::optional<int> number(std::string_view body, std::string_view name) {
  const auto at = body.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = body.find_first_not_of("\": ", at + name.size());
  int value = 0;
  if (digits == std::string_view::npos) return std::nullopt;
  const auto end = std::from_chars(body.data() + digits, body.data() + body.size(), value);
  return end.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

class Host;

class Connection final : public Source {
 public:
  Connection(Host& host, std::uint64_t id, int fd) : host_(host), id_(id), fd_(fd) {}
  ~Connection() override { ::close(fd_); }

  void ready(std::uint32_t events) override;
  void next_event();

 private:
  void read();
  void answer_whole_requests();
  void begin_stream(std::string_view body);
  void write(std::string_view bytes);
  void leave();

  Host& host_;
  std::uint64_t id_;
  int fd_;
  std::string in_;
  std::string out_;  // what the kernel did not take yet
  int events_left_ = 0;
  Nanoseconds interval_ = 0;
  Nanoseconds due_ = 0;
  bool gone_ = false;
};

class Host final : public Source {
 public:
  Host(Loop& loop, std::uint16_t port);
  ~Host() override { ::close(fd_); }

  void ready(std::uint32_t events) override;
  // Nothing happens when the connection has gone by then.
  void wake(Nanoseconds time, std::uint64_t id);
  void remove(std::uint64_t id) { connections_.erase(id); }
  Loop& loop() { return loop_; }

 private:
  Loop& loop_;
  int fd_;
  std::uint64_t accepted_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
};

void Connection::ready(std::uint32_t events) {
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read();
  if (!gone_ && (events & EPOLLOUT)) {
    const std::string waiting = std::move(out_);
    out_.clear();
    write(waiting);
    if (!gone_ && out_.empty()) host_.loop().rewatch(fd_, EPOLLIN, *this);
  }
  if (gone_) leave();
}

void Connection::read() {
  std::array<char, 65536> piece;
  const auto size = ::recv(fd_, piece.data(), piece.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    gone_ = true;
    return;
  }
  in_.append(piece.data(), static_cast<std::size_t>(size));
  answer_whole_requests();
}

void Connection::answer_whole_requests() {
  for (;;) {
    const auto head_end = in_.find("\r\n\r\n");
    if (head_end == std::string::npos) return;
    const std::string_view head(in_.data(), head_end);
    auto length_at = head.find("Content-Length:");
    if (length_at == std::string_view::npos) length_at = head.find("content-length:");
    const auto length =
        length_at == std::string_view::npos ? 0u : std::strtoul(head.data() + length_at + 15, nullptr, 10);
    if (in_.size() < head_end + 4 + length) return;
    const std::string_view body(in_.data() + head_end + 4, length);
    if (body.find(R"("stream":true)") != std::string_view::npos) {
      begin_stream(body);
    } else {
      write(whole_answer());
    }
    in_.erase(0, head_end + 4 + length);
  }
}

void Connection::begin_stream(std::string_view body) {
  events_left_ = number(body, "\"max_tokens\"").value_or(64);
  interval_ = number(body, "\"interval_ms\"").value_or(20) * Nanoseconds{1'000'000};
  due_ = now();
  write(stream_head() + content_event(now()));
  --events_left_;
  host_.wake(due_ += interval_, id_);
}

void Connection::next_event() {
  if (events_left_ > 0) {
    --events_left_;
    write(content_event(now()));
    host_.wake(due_ += interval_, id_);
  } else {
    write(stream_end());
  }
  if (gone_) leave();
}

void Connection::write(std::string_view bytes) {
  if (!out_.empty()) {
    out_.append(bytes);
    return;
  }
  const auto size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size < 0 && errno != EAGAIN) {
    gone_ = true;
    return;
  }
  bytes.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (bytes.empty()) return;
  out_.assign(bytes);
  host_.loop().rewatch(fd_, EPOLLIN | EPOLLOUT, *this);
}

void Connection::leave() {
  host_.remove(id_);
}

Host::Host(Loop& loop, std::uint16_t port)
    : loop_(loop), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd_, 16384) != 0) {
    throw std::system_error(errno, std::generic_category(), "listening on port " + std::to_string(port));
  }
  loop_.watch(fd_, EPOLLIN, *this);
}

void Host::ready(std::uint32_t) {
  for (;;) {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::uint64_t id = ++accepted_;
    auto& connection = connections_[id] = std::make_unique<Connection>(*this, id, fd);
    loop_.watch(fd, EPOLLIN, *connection);
  }
}

void Host::wake(Nanoseconds time, std::uint64_t id) {
  loop_.at(time, [this, id] {
    if (const auto found = connections_.find(id); found != connections_.end()) found->second->next_event();
  });
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  CLI::App app("A host that answers without thinking, for benchmarks.");
  std::uint16_t port = 9000;
  int seconds = 3600;
  app.add_option("--port", port, "Port on 127.0.0.1")->capture_default_str();
  app.add_option("--seconds", seconds, "Ends by itself after this long")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  bench::raise_file_limit();
  bench::Loop loop;
  bench::Host host(loop, port);
  std::printf("mock host on http://127.0.0.1:%d\n", int{port});
  std::fflush(stdout);
  loop.at(bench::now() + seconds * bench::Nanoseconds{1'000'000'000}, [&loop] { loop.stop(); });
  loop.run();
}

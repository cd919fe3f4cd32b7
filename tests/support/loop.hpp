// An event loop that tests turn by hand, and tasks on it. Loopback sockets are real, time is simulated: a
// test waits for an event, never for a duration.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "providers/loop/spawn.hpp"
#include "providers/loop/task.hpp"
#include "providers/net/plain_connection.hpp"
#include "tests/support/sim_timer.hpp"

namespace support {

// What a task returned, once it has. Must outlive the task.
template <class T>
struct Outcome {
  std::optional<T> value;
  bool ended() const { return value.has_value(); }
};

class Loop {
 public:
  using Tcp = boost::asio::ip::tcp;
  using Socket = providers::Connection::Socket;

  boost::asio::io_context io{1};
  SimTimer timer;

  // Does all that can be done at once.
  void settle() {
    io.restart();
    while (io.poll() > 0) {
    }
    if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
  }
  // Turns until `condition` holds. A test that waits for what never happens fails instead of hanging.
  void until(const std::function<bool()>& condition) {
    for (int turns = 0; turns < 2'000; ++turns) {
      settle();
      if (condition()) return;
      io.restart();
      io.run_one_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("what the test waits for did not happen");
  }
  void advance(config::Duration time) {
    timer.advance(time, [this] { settle(); });
  }

  template <class T>
  void start(providers::Task<T> task, Outcome<T>& outcome) {
    providers::spawn(io, std::move(task), [this, &outcome](std::exception_ptr fault, std::optional<T> value) {
      if (fault) fault_ = fault;
      outcome.value = std::move(value);
    });
  }
  void start(providers::Task<void> task, bool& ended) {
    providers::spawn(io, std::move(task), [this, &ended](std::exception_ptr fault) {
      if (fault) fault_ = fault;
      ended = true;
    });
  }
  template <class T>
  T run(providers::Task<T> task) {
    Outcome<T> outcome;
    start(std::move(task), outcome);
    until([&] { return outcome.ended(); });
    return std::move(*outcome.value);
  }
  void run(providers::Task<void> task) {
    bool ended = false;
    start(std::move(task), ended);
    until([&] { return ended; });
  }

 private:
  std::exception_ptr fault_;  // of a task that ended with one
};

// A wait for more bytes, as a task.
inline providers::Task<bool> more_of(providers::ConnectionPtr connection) {
  co_return co_await connection->more();
}

using Acceptor = boost::asio::basic_socket_acceptor<Loop::Tcp, boost::asio::io_context::executor_type>;

// Two ends of one loopback connection.
struct SocketPair {
  explicit SocketPair(Loop& loop) : near(loop.io), far(loop.io) {
    Acceptor acceptor(loop.io, {boost::asio::ip::address_v4::loopback(), 0});
    far.connect(acceptor.local_endpoint());
    acceptor.accept(near);
  }
  Loop::Socket near;
  Loop::Socket far;
};

// The other end of a connection under test, played by the test: writes, reads what has come, closes.
class Peer {
 public:
  Peer(Loop& loop, Loop::Socket socket) : loop_(loop), socket_(std::move(socket)) {
    socket_.non_blocking(true);
  }

  void send(std::string_view text) {
    std::size_t sent = 0;
    loop_.until([&] {
      boost::system::error_code error;
      sent += socket_.write_some(boost::asio::buffer(text.data() + sent, text.size() - sent), error);
      if (error && error != boost::asio::error::would_block) throw boost::system::system_error(error);
      return sent == text.size();
    });
  }
  // Waits until what has come contains `text`, and gives all that came since the last take().
  const std::string& read_until(std::string_view text) {
    loop_.until([&] {
      drain();
      return got_.find(text) != std::string::npos;
    });
    return got_;
  }
  // Waits for the other side's end, and gives all that came before it.
  const std::string& read_to_end() {
    loop_.until([&] { return drain(), ended_; });
    return got_;
  }
  const std::string& got() {
    drain();
    return got_;
  }
  std::string take() { return std::exchange(got_, {}); }
  bool ended() {
    drain();
    return ended_;
  }
  bool was_reset() const { return reset_; }
  void end_writing() { socket_.shutdown(Loop::Socket::shutdown_send); }
  void close() { socket_.close(); }
  void reset() {
    socket_.set_option(boost::asio::socket_base::linger(true, 0));
    socket_.close();
  }
  Loop::Socket& socket() { return socket_; }

 private:
  void drain() {
    char part[16 * 1024];
    while (!ended_ && socket_.is_open()) {
      boost::system::error_code error;
      const std::size_t size = socket_.read_some(boost::asio::buffer(part), error);
      got_.append(part, size);
      if (error == boost::asio::error::would_block) return;
      if (error) {
        ended_ = true;
        reset_ = error == boost::asio::error::connection_reset;
      }
    }
  }

  Loop& loop_;
  Loop::Socket socket_;
  std::string got_;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace support

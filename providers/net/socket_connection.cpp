#include "providers/net/socket_connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

namespace providers {

namespace asio = boost::asio;

SocketConnection::SocketConnection(Socket socket)
    : readiness_(asio::use_service<Readiness>(socket.get_executor().context())) {
  boost::system::error_code ignored;
  socket.native_non_blocking(true, ignored);
  socket_ = socket.release(ignored);
  // Where the system has no room for it, its reads end with a fault.
  if (!readiness_.add(socket_, *this)) close();
}

SocketConnection::~SocketConnection() {
  SocketConnection::close();
}

bool SocketConnection::write_now(Pieces& pieces) {
  while (!pieces.empty() && !write_failed_) {
    const Moved sent = send(pieces);
    if (sent.error == asio::error::would_block) return false;
    write_failed_ = sent.error.failed();
    pieces.drop(sent.bytes);
  }
  return !write_failed_;
}

SocketConnection::Moved SocketConnection::receive_plain(std::span<char> room) {
  while (readable_) {
    const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
    if (got > 0) {
      const auto bytes = static_cast<std::size_t>(got);
      // Less than there was room for is all there was; what comes later is a new edge.
      readable_ = bytes == room.size() || peer_ended_;
      return {.bytes = bytes};
    }
    if (got == 0) return {.error = asio::error::eof};
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      readable_ = false;
    } else if (errno != EINTR) {
      return {.error = {errno, boost::system::system_category()}};
    }
  }
  return {.error = asio::error::would_block};
}

Task<void> SocketConnection::anything() {
  const ConnectionPtr alive(this);
  if (socket_ < 0) co_return;
  readiness_.begin_wait();
  co_await anything_.wait();
  readiness_.end_wait();
}

Task<bool> SocketConnection::write(Pieces& pieces) {
  const ConnectionPtr alive(this);
  while (!write_now(pieces)) {
    if (write_failed_) co_return false;
    readiness_.begin_wait();
    co_await writes_.wait();
    readiness_.end_wait();
  }
  co_return true;
}

void SocketConnection::close() {
  if (socket_ < 0) return;
  write_failed_ = true;
  stop_awaiting_end();
  readiness_.remove(*this);
  ::close(std::exchange(socket_, -1));
  if (reads_ || writes_.waited_for() || anything_.waited_for()) readiness_.soon(*this);
}

void SocketConnection::end_writing() {
  if (socket_ < 0) return;
  say_end();
  ::shutdown(socket_, SHUT_WR);
}

void SocketConnection::await_end() {
  if (awaits_end_ || socket_ < 0) return;
  awaits_end_ = true;
  readiness_.begin_wait();
  if (peer_ended_) readiness_.soon(*this);
}

void SocketConnection::stop_awaiting_end() {
  if (std::exchange(awaits_end_, false)) readiness_.end_wait();
}

void SocketConnection::begin_read() {
  stop_awaiting_end();
  reads_.reset(this);
  readiness_.begin_wait();
  if (may_receive() || socket_ < 0) readiness_.soon(*this);
}

void SocketConnection::cancel_read() {
  if (!reads_) return;
  read_cancelled_ = true;
  readiness_.soon(*this);
}

void SocketConnection::ready(std::uint32_t events) {
  const ConnectionPtr alive(this);
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_ended_ = true;
  const bool is_writable = events & (EPOLLOUT | EPOLLHUP | EPOLLERR);
  if (events & EPOLLIN || peer_ended_) readable_ = true;
  if (is_writable && std::exchange(receives_when_writable_, false)) readable_ = true;
  if (is_writable || socket_ < 0) writes_.wake();
  anything_.wake();
  if (reads_) {
    try_reading();
  } else if (awaits_end_ && peer_ended_) {
    stop_awaiting_end();
    saw_end();
  }
}

void SocketConnection::try_reading() {
  if (socket_ < 0 || std::exchange(read_cancelled_, false)) {
    end_reading(asio::error::operation_aborted, 0);
    return;
  }
  if (!may_receive()) return;
  const Moved got = receive(room());
  if (got.error == asio::error::would_block) {
    room_unused();
  } else {
    end_reading(got.error, got.bytes);
  }
}

void SocketConnection::end_reading(boost::system::error_code error, std::size_t bytes) {
  const ConnectionPtr alive = std::exchange(reads_, nullptr);
  readiness_.end_wait();
  arrived(error, bytes);
}

}  // namespace providers

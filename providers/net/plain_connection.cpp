#include "providers/net/plain_connection.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

namespace providers {

namespace {

namespace asio = boost::asio;

// Up to here it costs less to put pieces together than to have the kernel look at each.
constexpr std::size_t worth_joining = 4096;

ssize_t send_some(int socket, const Pieces& pieces) {
  const std::span<const std::string_view> texts = pieces.texts();
  if (texts.size() == 1) return ::send(socket, texts[0].data(), texts[0].size(), MSG_NOSIGNAL);
  if (const std::size_t bytes = pieces.bytes(); bytes <= worth_joining) {
    std::array<char, worth_joining> joined;
    char* end = joined.data();
    for (const std::string_view text : texts) end = std::copy(text.begin(), text.end(), end);
    return ::send(socket, joined.data(), bytes, MSG_NOSIGNAL);
  }
  std::array<iovec, Pieces::capacity> vectors;
  std::size_t count = 0;
  for (const std::string_view text : texts) vectors[count++] = {const_cast<char*>(text.data()), text.size()};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

}  // namespace

PlainConnection::PlainConnection(Socket socket)
    : readiness_(asio::use_service<Readiness>(socket.get_executor().context())) {
  boost::system::error_code ignored;
  socket.native_non_blocking(true, ignored);
  socket_ = socket.release(ignored);
  // Where the system has no room for it, its reads end with a fault.
  if (!readiness_.add(socket_, *this)) close();
}

bool PlainConnection::write_now(Pieces& pieces) {
  while (!pieces.empty() && !write_failed_) {
    const ssize_t sent = send_some(socket_, pieces);
    if (sent >= 0) {
      pieces.drop(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return false;
    } else if (errno != EINTR) {
      write_failed_ = true;
    }
  }
  return !write_failed_;
}

Task<bool> PlainConnection::write(Pieces& pieces) {
  const ConnectionPtr alive(this);
  while (!write_now(pieces)) {
    if (write_failed_) co_return false;
    readiness_.begin_wait();
    co_await writes_.wait();
    readiness_.end_wait();
  }
  co_return true;
}

void PlainConnection::close() {
  if (socket_ < 0) return;
  write_failed_ = true;
  stop_awaiting_end();
  readiness_.remove(*this);
  ::close(std::exchange(socket_, -1));
  if (reads_ || writes_.waited_for()) readiness_.soon(*this);
}

void PlainConnection::end_writing() {
  if (socket_ >= 0) ::shutdown(socket_, SHUT_WR);
}

bool PlainConnection::arriving() const {
  int bytes = 0;
  return socket_ >= 0 && ::ioctl(socket_, FIONREAD, &bytes) == 0 && bytes > 0;
}

void PlainConnection::await_end() {
  if (awaits_end_ || socket_ < 0) return;
  awaits_end_ = true;
  readiness_.begin_wait();
  if (peer_ended_) readiness_.soon(*this);
}

void PlainConnection::stop_awaiting_end() {
  if (std::exchange(awaits_end_, false)) readiness_.end_wait();
}

void PlainConnection::read_into(std::span<char> room) {
  stop_awaiting_end();
  room_ = room;
  reads_.reset(this);
  readiness_.begin_wait();
  if (readable_ || socket_ < 0) readiness_.soon(*this);
}

void PlainConnection::cancel_read() {
  if (!reads_) return;
  read_cancelled_ = true;
  readiness_.soon(*this);
}

void PlainConnection::ready(std::uint32_t events) {
  const ConnectionPtr alive(this);
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_ended_ = true;
  if (events & EPOLLIN || peer_ended_) readable_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR) || socket_ < 0) writes_.wake();
  if (reads_) {
    try_reading();
  } else if (awaits_end_ && peer_ended_) {
    stop_awaiting_end();
    saw_end();
  }
}

void PlainConnection::try_reading() {
  if (socket_ < 0 || std::exchange(read_cancelled_, false)) {
    end_reading(asio::error::operation_aborted, 0);
    return;
  }
  while (readable_) {
    const ssize_t got = ::recv(socket_, room_.data(), room_.size(), 0);
    if (got > 0) {
      const auto bytes = static_cast<std::size_t>(got);
      // Less than there was room for is all there was; what comes later is a new edge.
      readable_ = bytes == room_.size() || peer_ended_;
      return end_reading({}, bytes);
    }
    if (got == 0) return end_reading(asio::error::eof, 0);
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      readable_ = false;
    } else if (errno != EINTR) {
      return end_reading({errno, boost::system::system_category()}, 0);
    }
  }
}

void PlainConnection::end_reading(boost::system::error_code error, std::size_t bytes) {
  const ConnectionPtr alive = std::exchange(reads_, nullptr);
  readiness_.end_wait();
  arrived(error, bytes);
}

}  // namespace providers

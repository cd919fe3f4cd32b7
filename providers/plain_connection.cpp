#include "providers/plain_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>

#include "providers/spawn.hpp"

namespace providers {

namespace asio = boost::asio;

PlainConnection::PlainConnection(Socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
}

bool PlainConnection::write_now(Pieces& pieces) {
  while (!pieces.empty() && !write_failed_) {
    std::array<iovec, Pieces::capacity> vectors;
    std::size_t count = 0;
    for (const std::string_view text : pieces.texts()) {
      vectors[count++] = {const_cast<char*>(text.data()), text.size()};
    }
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
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
    const auto [error] = co_await completion<boost::system::error_code>(
        [this](auto handler) { socket_.async_wait(Tcp::socket::wait_write, handler); });
    if (error) co_return false;
  }
  co_return true;
}

void PlainConnection::close() {
  write_failed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void PlainConnection::end_writing() {
  boost::system::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

namespace {

struct ReadDone {
  boost::intrusive_ptr<PlainConnection> connection;
  void (PlainConnection::*done)(boost::system::error_code, std::size_t);
  void operator()(boost::system::error_code error, std::size_t bytes) const {
    ((*connection).*done)(error, bytes);
  }
};

}  // namespace

void PlainConnection::read_into(std::span<char> room) {
  socket_.async_read_some(asio::buffer(room.data(), room.size()), ReadDone{this, &PlainConnection::arrived});
}

}  // namespace providers

#include "providers/net/plain_connection.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>

namespace providers {
namespace {

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

bool PlainConnection::arriving() const {
  int bytes = 0;
  return socket() >= 0 && ::ioctl(socket(), FIONREAD, &bytes) == 0 && bytes > 0;
}

SocketConnection::Moved PlainConnection::send(const Pieces& pieces) {
  for (;;) {
    const ssize_t sent = send_some(socket(), pieces);
    if (sent >= 0) return {.bytes = static_cast<std::size_t>(sent)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {.error = boost::asio::error::would_block};
    if (errno != EINTR) return {.error = {errno, boost::system::system_category()}};
  }
}

}  // namespace providers

// A Connection without encryption: clients of the gateway, and hosts reached by http. Belongs to one loop.
#pragma once

#include "providers/net/socket_connection.hpp"

namespace providers {

class PlainConnection final : public SocketConnection {
 public:
  // A connected socket.
  explicit PlainConnection(Socket socket) : SocketConnection(std::move(socket)) {}

  bool arriving() const override;

 private:
  Moved receive(std::span<char> room) override { return receive_plain(room); }
  Moved send(const Pieces& pieces) override;
};

}  // namespace providers

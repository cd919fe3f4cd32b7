// A Connection without encryption: clients of the gateway, and hosts reached by http. Belongs to one loop.
#pragma once

#include "providers/connection.hpp"

namespace providers {

class PlainConnection final : public Connection {
 public:
  // A connected socket.
  explicit PlainConnection(Socket socket);

  bool write_now(Pieces& pieces) override;
  Task<bool> write(Pieces& pieces) override;
  void close() override;
  void end_writing() override;
  Socket& socket() override { return socket_; }

 private:
  void read_into(std::span<char> room) override;

  Socket socket_;
  bool write_failed_ = false;
};

}  // namespace providers

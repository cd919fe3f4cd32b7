// A Connection without encryption: clients of the gateway, and hosts reached by http. Belongs to one loop.
#pragma once

#include "providers/loop/readiness.hpp"
#include "providers/net/connection.hpp"

namespace providers {

class PlainConnection final : public Connection, private Readiness::Party {
 public:
  // A connected socket.
  explicit PlainConnection(Socket socket);
  ~PlainConnection() override { close(); }

  // False where the system had no room to watch the socket.
  bool is_open() const { return socket_ >= 0; }

  bool write_now(Pieces& pieces) override;
  Task<bool> write(Pieces& pieces) override;
  void close() override;
  bool arriving() const override;
  void end_writing() override;

 private:
  void read_into(std::span<char> room) override;
  void cancel_read() override;
  void await_end() override;
  void stop_awaiting_end();
  void ready(std::uint32_t events) override;
  void abandoned() override { reads_.reset(); }
  void try_reading();
  void end_reading(boost::system::error_code error, std::size_t bytes);

  Readiness& readiness_;
  int socket_ = -1;  // once closed
  std::span<char> room_;
  boost::intrusive_ptr<PlainConnection> reads_;  // this, while a read is under way
  Waiter writes_;
  bool readable_ = false;    // there may be something to read
  bool peer_ended_ = false;  // behind what is left to read is an end or a fault
  bool read_cancelled_ = false;
  bool awaits_end_ = false;
  bool write_failed_ = false;
};

}  // namespace providers

// A Connection over a socket of its loop: reads when there is something to read, writes what the socket
// takes. How bytes become those of the socket is for those derived from it. Belongs to one loop.
#pragma once

#include "providers/loop/readiness.hpp"
#include "providers/net/connection.hpp"

namespace providers {

class SocketConnection : public Connection, private Readiness::Party {
 public:
  // False where the system had no room to watch the socket.
  bool is_open() const { return socket_ >= 0; }

  bool write_now(Pieces& pieces) final;
  Task<bool> write(Pieces& pieces) final;
  void close() override;
  void end_writing() final;

 protected:
  // What one try to read or to write came to: bytes, or what stood in the way. `would_block` where more is
  // possible once the socket is ready again.
  struct Moved {
    std::size_t bytes = 0;
    boost::system::error_code error{};
  };

  // A connected socket.
  explicit SocketConnection(Socket socket);
  ~SocketConnection() override;

  // Tries once. `eof` where the peer has ended in order.
  virtual Moved receive(std::span<char> room) = 0;
  virtual Moved send(const Pieces& pieces) = 0;
  // Whether to try: `readable()`, or bytes that were received before.
  virtual bool may_receive() const { return readable_; }

  // recv(2), once, where the socket may have something. Notes when it has no more.
  Moved receive_plain(std::span<char> room);
  int socket() const { return socket_; }
  // A read that found no room to write is to be tried when there is some.
  void receive_when_writable() { receives_when_writable_ = true; }
  // Until the socket tells of anything, or is closed. By one at a time.
  Task<void> anything();

 private:
  void begin_read() override;
  void cancel_read() override;
  void await_end() override;
  void stop_awaiting_end();
  void ready(std::uint32_t events) override;
  void abandoned() override { reads_.reset(); }
  void try_reading();
  void end_reading(boost::system::error_code error, std::size_t bytes);

  Readiness& readiness_;
  int socket_ = -1;                               // once closed
  boost::intrusive_ptr<SocketConnection> reads_;  // this, while a read is under way
  Waiter writes_;
  Waiter anything_;
  bool readable_ = false;    // there may be something to read
  bool peer_ended_ = false;  // behind what is left to read is an end or a fault
  bool receives_when_writable_ = false;
  bool read_cancelled_ = false;
  bool awaits_end_ = false;
  bool write_failed_ = false;
};

}  // namespace providers

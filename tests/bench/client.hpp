// One keep-alive connection of the load generator: sends a request, reads the answer as it comes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "bench/loop.hpp"
#include "bench/target.hpp"

namespace bench {

// Told what happens on a connection. A failed one is of no more use; a finished one takes the next request.
// It must not destroy the client from here, only from a timer.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void body(std::string_view piece, Nanoseconds time) = 0;
  virtual void finished(int status, Nanoseconds time) = 0;
  virtual void failed(const std::string& why) = 0;
};

class Client final : public Source {
 public:
  // `serial` picks one of several source addresses, since one has only some 28,000 ports.
  // `listener` must outlive the client.
  Client(Loop& loop, const Target& target, Listener& listener, std::uint64_t serial);
  ~Client() override;

  void send(std::string request);
  void ready(std::uint32_t events) override;

 private:
  void flush();
  void read();
  void take(std::string_view bytes, Nanoseconds time);
  std::string_view take_head(std::string_view bytes);
  std::string_view take_chunk_size(std::string_view bytes);
  std::string_view take_body(std::string_view bytes, Nanoseconds time);
  void fail(const std::string& why);

  enum class Reading { head, chunk_size, chunk, chunk_end, whole, nothing };

  Loop& loop_;
  Listener& listener_;
  int fd_ = -1;
  std::string out_;
  bool waits_for_room_ = true;  // for the connection, or for the kernel to take more
  Reading reading_ = Reading::nothing;
  std::string line_;  // of the head, or of a chunk's size, as far as it has come
  int status_ = 0;
  std::size_t left_ = 0;
  bool last_chunk_ = false;
};

}  // namespace bench

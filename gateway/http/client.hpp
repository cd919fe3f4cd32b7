// Where a reply goes: the client's connection, or a test's strings. Belongs to one data loop.
#pragma once

#include <string>
#include <string_view>

#include "providers/loop/task.hpp"
#include "providers/net/connection.hpp"

namespace gateway {

// What a client learns from the head of its reply.
struct ReplyStart {
  int status = 200;
  std::string_view content_type = "application/json";
  // More fields, each "name: value\r\n", already checked.
  std::string_view fields;
};

class Client {
 public:
  virtual ~Client() = default;
  // Each waits until the client's connection has taken all of it, so that a slow reader holds back the host.
  // False when the client is gone.
  // A reply whose whole body is known.
  virtual providers::Task<bool> answer(ReplyStart start, std::string_view body) = 0;
  // A streamed reply: begin() with its first pieces, then more, then end() with the last ones.
  virtual providers::Task<bool> begin(ReplyStart start, providers::Pieces& pieces) = 0;
  virtual providers::Task<bool> write(providers::Pieces& pieces) = 0;
  virtual providers::Task<bool> end(providers::Pieces& pieces) = 0;
  // Text of a streamed reply at a time when none of the above is under way: begins it, or goes on. Never
  // waits: what the connection does not take at once goes out with the next pieces, and until then no more is
  // taken.
  virtual void begin_now(ReplyStart start, std::string_view text) = 0;
  virtual void write_now(std::string_view text) = 0;
};

}  // namespace gateway

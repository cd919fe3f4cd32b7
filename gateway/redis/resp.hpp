// What Redis and Valkey speak (RESP2): commands as they are sent, replies as they come. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct RedisReply {
  enum class Kind { text, error, integer, nothing, list };
  Kind kind = Kind::nothing;
  std::string text{};  // of an error, too
  std::int64_t integer = 0;
  std::vector<RedisReply> items{};

  bool is_error() const { return kind == Kind::error; }
};

std::string redis_command(const std::vector<std::string>& words);

// more: it does not end in `bytes`. wrong: it is none.
enum class RedisRead { whole, more, wrong };
// Reads one from the begin of `bytes`, which takes `size` of them.
RedisRead read_redis_reply(std::string_view bytes, RedisReply& reply, std::size_t& size);

}  // namespace gateway

// A connection to Redis or Valkey on which one command is asked after the other, each within the patience.
// Faults are thrown as RedisFault, after which the connection is of no use. Belongs to one thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/redis/redis_socket.hpp"
#include "gateway/redis/resp.hpp"

namespace gateway {

// "rediss://host:6379/0?ca_file=/etc/redis/ca.pem", which was checked with the configuration.
RedisAddress redis_address(const std::string& url);

class RedisConnection {
 public:
  RedisConnection(const config::RedisSettings& settings, std::chrono::milliseconds patience);
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // An error that the server answers is a reply.
  RedisReply ask(const std::vector<std::string>& words);
  // An error is a fault.
  RedisReply must(const std::vector<std::string>& words);

 private:
  RedisConnection(const RedisAddress& address, std::chrono::milliseconds patience);

  std::chrono::milliseconds patience_;
  RedisSocket socket_;
  std::string read_;
};

}  // namespace gateway

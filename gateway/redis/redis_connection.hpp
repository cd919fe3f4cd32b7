// A connection to Redis or Valkey on which one command is asked after the other, each within the patience.
// Faults are thrown as RedisFault, after which the connection is of no use. Belongs to one thread.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/values/settings.hpp"
#include "gateway/redis/resp.hpp"

namespace gateway {

class RedisFault final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RedisAddress {
  std::string host, port = "6379", database = "0";
};
// "redis://host:6379/0"
RedisAddress redis_address(const std::string& url);

class RedisConnection {
 public:
  RedisConnection(const config::RedisSettings& settings, std::chrono::milliseconds patience);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // An error that the server answers is a reply.
  RedisReply ask(const std::vector<std::string>& words);

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  void connect(const RedisAddress& address);
  void wait(short events, Deadline until) const;
  void must(const RedisReply& reply) const;

  std::chrono::milliseconds patience_;
  int socket_ = -1;
  std::string read_;
};

}  // namespace gateway

// The bytes between this process and a server of Redis, in the open or over TLS, each call within its limit.
// Faults are thrown as RedisFault. Belongs to one thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "providers/net/tls.hpp"

namespace gateway {

class RedisFault final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct RedisAddress {
  std::string host, port = "6379", database = "0";
  bool is_tls = false;
  std::optional<std::string> ca_file{};  // trusted beside the system's roots
};

class RedisSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  // With TLS, hands are shaken and the server's certificate is that of the host.
  RedisSocket(const RedisAddress& address, Deadline until);
  ~RedisSocket();
  RedisSocket(const RedisSocket&) = delete;
  RedisSocket& operator=(const RedisSocket&) = delete;

  void send(std::string_view bytes, Deadline until);
  // At least one byte.
  std::size_t receive(std::span<char> room, Deadline until);

 private:
  void connect(const RedisAddress& address, Deadline until);
  void shake_hands(const RedisAddress& address, Deadline until);
  void wait(short events, Deadline until) const;
  // For what the engine needs to go on.
  void wait_for_engine(int result, Deadline until);

  int socket_ = -1;
  std::optional<providers::TlsClient> tls_;
  std::unique_ptr<SSL, providers::TlsClient::EngineFree> engine_;  // null: in the open
};

}  // namespace gateway

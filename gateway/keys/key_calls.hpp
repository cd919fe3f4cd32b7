// Hears when another gateway has changed a key in PostgreSQL, by a connection that listens (LISTEN) on a
// thread of its own. Who cannot listen, as behind a pooler, has to look.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "gateway/postgres/connection.hpp"

namespace gateway {

// What who changes a key calls on.
inline constexpr const char* key_channel = "isocost_keys";

class KeyCalls {
 public:
  // `called` is called on the thread: after each call, and when it listens again after it did not.
  KeyCalls(PostgresAddress address, std::function<void()> called);
  ~KeyCalls();
  KeyCalls(const KeyCalls&) = delete;
  KeyCalls& operator=(const KeyCalls&) = delete;

  bool is_listening() const { return is_listening_.load(std::memory_order_relaxed); }

 private:
  void work();
  void listen();

  const PostgresAddress address_;
  const std::function<void()> called_;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_listening_{false};
  std::thread thread_;
};

}  // namespace gateway

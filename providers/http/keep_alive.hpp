// What a host says of how long it keeps a connection: `Keep-Alive: timeout=5, max=100`. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace providers {

struct KeepAlive {
  std::optional<std::chrono::seconds> timeout;  // idle; 0: not at all
  std::optional<std::uint64_t> max;             // requests
};

// The field's value. What is not a number, or a time beyond a day, says nothing.
KeepAlive read_keep_alive(std::string_view value);

}  // namespace providers

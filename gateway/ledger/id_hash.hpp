// What an entry is found by. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace gateway {

// FNV-1a: written to disk, and never changed.
constexpr std::uint64_t hash_of_id(std::string_view id) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace gateway

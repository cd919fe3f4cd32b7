// Digests and letters of credentials. Pure.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace providers {

using Digest = std::array<unsigned char, 32>;

Digest sha256_of(std::span<const std::string_view> pieces);
Digest hmac_sha256(std::string_view key, std::string_view text);
std::string hex_of(const Digest& digest);

enum class Letters { usual, url };  // url: with - and _, and without padding
std::string base64_of(std::string_view bytes, Letters letters = Letters::usual);

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace providers

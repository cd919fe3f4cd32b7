// What is assumed of a prompt's tokens before any host has counted them, for the APIs of all surfaces: text
// has about four bytes a token. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gateway {

inline constexpr std::uint64_t tokens_per_attachment = 1'000;
inline constexpr std::uint64_t tokens_per_message = 4;
inline constexpr std::uint64_t tokens_of_any_prompt = 3;
// Of a member that is not known: base64 would count for millions.
inline constexpr std::size_t most_bytes_of_unknown = 16 * 1024;

constexpr std::uint64_t rough_tokens(std::uint64_t messages, std::uint64_t attachments, std::uint64_t bytes) {
  return tokens_of_any_prompt + tokens_per_message * messages + tokens_per_attachment * attachments +
         (bytes + 3) / 4;
}

// Hosts spell tools out, and add preambles of their own for them.
constexpr std::uint64_t tokens_of_tools(std::uint64_t bytes) {
  return bytes > 0 ? bytes / 4 * 3 / 2 + 600 : 0;
}

}  // namespace gateway

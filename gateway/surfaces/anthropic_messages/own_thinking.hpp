// Thinking that Anthropic did not sign: its clients want a signature and send it back with the rest. This one
// says that it is of others, so that no host is sent what it would refuse, and keeps what a host of its maker
// wants back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/surface/kept_thinking.hpp"

namespace gateway {

// Of what nobody signed.
inline constexpr std::string_view unsigned_thinking = "isocost-unsigned";
// Whose it is, in OpenRouter's words.
inline constexpr std::string_view anthropic_format = "anthropic-claude-v1";

// What clients are told of thinking they asked for: `unread` ones keep it, and send it back.
enum class ThoughtShown { yes, unread, no };

// Raw. The text stands in it where the client is not shown it. `owner` as for kept_thinking.
inline std::string signature_of(providers::ThinkingPart thinking, ThoughtShown shown, std::uint64_t owner) {
  const bool is_read = shown == ThoughtShown::yes;
  if (is_read && thinking.signature.raw.empty()) return std::string(unsigned_thinking);
  if (is_read && thinking.format.is(anthropic_format)) return std::string(thinking.signature.raw);
  if (is_read) thinking.text = {};
  return kept_thinking(thinking, owner);
}

// Whether no host of Anthropic's Messages takes what is signed so, or what is encrypted to this.
inline bool is_of_others(const providers::Text& signature) {
  return signature.is(unsigned_thinking) || is_kept_thinking(signature);
}

}  // namespace gateway

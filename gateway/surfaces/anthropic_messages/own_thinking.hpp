// Thinking that no host signed: Anthropic's clients want a signature and send it back with the rest. This one
// says that there is none, so that no host is sent what it would refuse.
#pragma once

#include <string_view>

namespace gateway {

inline constexpr std::string_view unsigned_thinking = "isocost-unsigned";
// Whose it is, in OpenRouter's words.
inline constexpr std::string_view anthropic_format = "anthropic-claude-v1";

}  // namespace gateway

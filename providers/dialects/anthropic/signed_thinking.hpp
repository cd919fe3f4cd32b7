// Whose thinking Anthropic takes back: its own, with what it signed it by. Pure.
#pragma once

#include <string_view>

#include "providers/conversation/part.hpp"

namespace providers {

// How OpenRouter's clients, who send thinking back, call its form.
inline constexpr std::string_view anthropic_thinking_format = "anthropic-claude-v1";

inline bool is_signed_by_anthropic(const ThinkingPart& thinking) {
  const bool is_ours = thinking.format.raw.empty() || thinking.format.is(anthropic_thinking_format);
  return is_ours && (!thinking.redacted.raw.empty() || !thinking.signature.raw.empty());
}

}  // namespace providers

// Why an answer of Anthropic's ended, in the words of a conversation. Pure.
#pragma once

#include "providers/conversation/answer.hpp"

namespace providers {

// A word that is not known is an end like any other.
inline EndReason end_reason_of(const Text& stop_reason) {
  if (stop_reason.is("max_tokens") || stop_reason.is("model_context_window_exceeded"))
    return EndReason::length;
  if (stop_reason.is("tool_use")) return EndReason::tool_calls;
  if (stop_reason.is("refusal")) return EndReason::content_filter;
  return EndReason::stop;  // end_turn, stop_sequence, pause_turn
}

}  // namespace providers

#include "providers/dialect/finish_words.hpp"

#include <doctest/doctest.h>

using providers::end_reason_of;
using providers::EndReason;

TEST_CASE("why an answer ended is known in the words of every API") {
  for (const char* word : {"length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "incomplete",
                           "model_context_window_exceeded"}) {
    CAPTURE(word);
    CHECK(end_reason_of(word) == EndReason::length);
  }
  for (const char* word :
       {"content_filter", "content_filtered", "guardrail_intervened", "refusal", "sensitive", "SAFETY",
        "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION", "IMAGE_OTHER", "NO_IMAGE", "LANGUAGE", "MODEL_ARMOR", "BLOCKED"}) {
    CAPTURE(word);
    CHECK(end_reason_of(word) == EndReason::content_filter);
  }
  for (const char* word : {"tool_calls", "function_call", "tool_use"}) {
    CAPTURE(word);
    CHECK(end_reason_of(word) == EndReason::tool_calls);
  }
  for (const char* word : {"stop", "STOP", "end_turn", "stop_sequence", "COMPLETE", "never heard of"}) {
    CAPTURE(word);
    CHECK(end_reason_of(word) == EndReason::stop);
  }
}

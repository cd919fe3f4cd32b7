// Understands the events of an OpenAI-style chat stream, and a whole chat reply, just as far as routing and
// accounting must. The JSON of each is validated whole. Views are into the text that was classified.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "providers/http/sse.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/openai/reported_error.hpp"
#include "providers/openai/usage.hpp"

namespace providers {

// By the choices' own indexes; no API gives more of them.
using Choices = std::bitset<128>;

// What the choices of a chunk or of a whole reply hold.
struct ChatContent {
  bool text = false;       // something to see or hear: text, a refusal, a picture, sound; not empty
  bool reasoning = false;  // reasoning text, not empty
  bool tool_call = false;
  bool no_choices = true;          // absent or []
  bool names_choices = false;      // there is a list of them, if only []
  std::size_t bytes = 0;           // of all texts, as they are spelled
  std::string_view finish_reason;  // empty: none; as spelled; of the last choice that has one
  Choices seen;
  Choices finished;  // those with a finish_reason

  bool any() const { return text || reasoning || tool_call; }
};

struct ChatEvent {
  enum class Kind {
    delta,  // part of an answer; `usage` may be in it
    done,   // [DONE]
    error,  // the host reports an error
    empty,  // no data
    bad,    // not JSON, or not an object
  };

  Kind kind = Kind::bad;
  ChatContent content;
  ReportedUsage usage;
  ByteRange usage_value;  // of the top-level usage in the data, when it is there and not null
  std::optional<ReportedError> error{};

  // Whether it shows that the host answers: content of any kind, or a finish. An answer may well be empty:
  // hidden thinking used up its tokens, or a filter took it.
  bool decisive() const { return content.any() || !content.finish_reason.empty(); }
};

ChatEvent classify(const SseEvent& event, JsonTokens& tokens, Reasoning reasoning = Reasoning::included);

struct ChatReply {
  enum class Kind {
    answer,
    error,  // an error in a reply whose status said that there is none
    empty,  // no choices, or choices without any content or finish
    bad,    // not JSON, or not an object
  };

  Kind kind = Kind::bad;
  ChatContent content;
  ReportedUsage usage;
  std::optional<ReportedError> error{};
};

// A whole reply, not streamed. White space before it is allowed (keep-alive blank lines).
ChatReply classify_whole(std::string_view body, JsonTokens& tokens,
                         Reasoning reasoning = Reasoning::included);

}  // namespace providers

// Understands the events of an OpenAI-style chat stream, and a whole chat reply, just as far as routing and
// accounting must. The JSON of each is validated whole. Views are into the text that was classified, except
// where owned.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/json_tokens.hpp"
#include "providers/sse.hpp"
#include "providers/usage.hpp"

namespace providers {

// An error as a host words it. Not scrubbed.
struct ReportedError {
  std::string message;
  std::string code;  // a number is given as its digits
  std::string type;  // `type`, else metadata.error_type
  int status = 0;    // where code or status_code is an HTTP status; else 0
};

struct ChatEvent {
  enum class Kind {
    delta,  // part of an answer; `usage` may be in it
    done,   // [DONE]
    error,  // the host reports an error
    empty,  // no data: dropped
    bad,    // not JSON, or not an object
  };

  Kind kind = Kind::bad;
  bool content = false;    // visible text or a refusal, not empty
  bool reasoning = false;  // reasoning text, not empty
  bool tool_call = false;
  bool choices_empty = true;       // absent or []
  std::string_view finish_reason;  // empty: none; as spelled
  ReportedUsage usage;
  ByteRange usage_value;  // of the top-level usage in the data, when it is there and not null
  std::optional<ReportedError> error{};

  // Whether it shows that the host answers: content, reasoning, a tool call, or an end.
  bool decisive() const { return content || reasoning || tool_call || !finish_reason.empty(); }
};

ChatEvent classify(const SseEvent& event, JsonTokens& tokens, Reasoning reasoning = Reasoning::included);

struct ChatReply {
  enum class Kind { answer, error, empty, bad };  // empty: no choices, or choices without any content

  Kind kind = Kind::bad;
  std::string_view finish_reason;  // of the first choice
  ReportedUsage usage;
  std::optional<ReportedError> error{};
};

// A whole reply, not streamed. White space before it is allowed (keep-alive blank lines).
ChatReply classify_whole(std::string_view body, JsonTokens& tokens,
                         Reasoning reasoning = Reasoning::included);

// The error in the body of a reply whose status already says that it is one. Best effort, never fails.
ReportedError read_error(std::string_view body, JsonTokens& tokens);

}  // namespace providers

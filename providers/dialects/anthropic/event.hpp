// One event of Anthropic's stream, and one block of a whole reply, as they stand there. Views into the text
// that was read. Values.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "providers/conversation/text.hpp"
#include "providers/dialects/anthropic/usage.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/reports/reported_error.hpp"

namespace providers {

// Of one block no more are told.
inline constexpr std::size_t most_anthropic_citations = 1'024;

struct AnthropicCitation {
  Text type;    // "web_search_result_location", ...
  Text url;     // of a page
  Text source;  // of a search result of the client's: an address, or any name
  Text title;
  Text cited;             // the text that it is of
  std::string_view json;  // all of it; empty: there is none
};

struct AnthropicBlockSeen {
  Text type;       // "text", "tool_use", "thinking", ...
  Text text;       // of whichever kind: `text`, `thinking` or `data`
  Text signature;  // of thinking
  Text id;
  Text name;
  std::string_view input;                      // JSON, an object; empty: none, or an empty one
  std::vector<AnthropicCitation> citations{};  // the first of them
};

struct AnthropicDelta {
  Text type;  // "text_delta", "input_json_delta", ...
  Text text;  // `text`, `partial_json`, `thinking` or `signature`
  AnthropicCitation citation{};
  Text stop_reason;  // of the message; empty: none
  Text stop_sequence;
};

struct AnthropicEvent {
  Text type;
  Text id;  // of the message
  Text model;
  ByteRange model_value;  // in the data, the quotes included
  ByteRange usage_value;
  std::optional<AnthropicBlockSeen> block{};
  AnthropicDelta delta;
  std::optional<ReportedError> error{};
};

// Nothing when it is not JSON, or not an object. What it tells of usage goes into `usage`.
std::optional<AnthropicEvent> read_anthropic_event(std::string_view data, JsonTokens& tokens,
                                                   AnthropicUsage& usage);
// Consumes an element of `content`.
std::optional<AnthropicBlockSeen> read_anthropic_block(JsonWalk& walk, std::string_view text);

}  // namespace providers

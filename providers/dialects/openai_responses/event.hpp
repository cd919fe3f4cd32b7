// One event of a response's stream, as it stands there. Views into the text that was read. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/dialects/openai_responses/response.hpp"

namespace providers {

struct ResponsesEvent {
  Text type{};
  Text item_id{};
  std::optional<std::int64_t> output_index{};
  std::int64_t part = 0;  // its content_index or summary_index
  Text delta{};
  Text done{};                  // all of a text: `text`, `refusal`, `arguments` or `input`
  std::string_view logprobs{};  // of a text: JSON, an array; empty: none
  std::string citation{};       // of a page, as in AnswerEvent; empty: none
  std::optional<ResponsesItem> item{};
  std::optional<ResponsesObject> response{};
  std::optional<ReportedError> error{};

  bool is(std::string_view name) const { return type.is(name); }
};

// Nothing when it is not JSON, or not an object.
std::optional<ResponsesEvent> read_responses_event(std::string_view data, JsonTokens& tokens);

}  // namespace providers

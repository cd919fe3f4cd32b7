// A response object as a host sends it, whole or in the events that begin and end a stream, and one item of
// its output. Views into the text that was read. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/text.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/reports/reported_error.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

struct ResponsesItem {
  Text type{};  // "message", "function_call", "reasoning", ...
  Text id{};
  Text call_id{};
  Text name{};
  Text arguments{};                          // of a function; of a tool that takes a text, its input
  Text encrypted{};                          // of reasoning
  std::vector<Text> texts{};                 // of a message or of reasoning: its content
  std::vector<std::string_view> logprobs{};  // of a message: of each of its texts, JSON; empty: none
  std::vector<std::string> citations{};      // of a message: of pages of the web, as in AnswerEvent
  std::vector<Text> refusals{};              // of a message
  std::vector<Text> summaries{};             // of reasoning

  bool is_call() const { return type.is("function_call") || type.is("custom_tool_call"); }
  bool is_known() const { return is_call() || type.is("message") || type.is("reasoning"); }
};

struct ResponsesObject {
  Text id{};
  Text model{};
  Text status{};              // "completed", "incomplete", "failed", ...
  Text incomplete_reason{};   // "max_output_tokens", "content_filter"
  std::string_view output{};  // JSON, an array; empty: none
  bool has_output = false;    // it is there, and not empty
  ReportedUsage usage{};
  std::optional<ReportedError> error{};
  // Where they stand in the text, the quotes included; empty: nowhere.
  ByteRange id_value{};
  ByteRange created_value{};
  ByteRange model_value{};
  ByteRange previous_value{};
  ByteRange usage_value{};  // unless it is null

  bool is_over() const { return status.is("completed") || status.is("incomplete"); }
  bool has_failed() const { return status.is("failed") || status.is("cancelled") || error; }
  // The host's own word for why it ended.
  Text end_word() const { return incomplete_reason.raw.empty() ? status : incomplete_reason; }
};

// Consumes an object of `text`.
bool read_responses_object(JsonWalk& walk, std::string_view text, ResponsesObject& object);
// Consumes an object of `text`; what is of another type than it should be is as if it were not there.
bool read_responses_item(JsonWalk& walk, std::string_view text, ResponsesItem& item);

// Consumes any value of `text`. Of a citation of a page it is one as in AnswerEvent; else empty.
bool read_page_citation(JsonWalk& walk, std::string_view text, std::string& citation);

// An error with the status that its code stands for.
ReportedError read_responses_error_value(JsonWalk& walk);
void complete_responses_error(ReportedError& error);

}  // namespace providers

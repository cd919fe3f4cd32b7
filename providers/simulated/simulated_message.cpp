#include "providers/simulated/simulated_reply.hpp"

namespace providers {

std::string_view simulated_stop_reason(const SimulatedWords& words, const routing::Answer& answer) {
  if (answer.finish == routing::Answer::Finish::length) return "max_tokens";
  return words.said().kind == SimulatedSaid::Kind::call ? "tool_use" : "end_turn";
}

namespace {

using Kind = SimulatedSaid::Kind;

std::string sse(std::string_view type, const std::string& members) {
  std::string event = "event: ";
  event.append(type).append("\ndata: {\"type\":\"").append(type).append("\"");
  return event + (members.empty() ? "" : "," + members) + "}\n\n";
}

std::string messages_usage(const routing::Answer& answer, std::int64_t output) {
  return R"({"input_tokens":)" + std::to_string(answer.prompt.count - answer.cached.count) +
         R"(,"cache_creation_input_tokens":0,"cache_read_input_tokens":)" +
         std::to_string(answer.cached.count) + R"(,"output_tokens":)" + std::to_string(output) + "}";
}

std::string_view type_of(const SimulatedError& error) {
  switch (error.status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
    case 529:
      return "overloaded_error";
    default:
      return error.status >= 500 ? "api_error" : "invalid_request_error";
  }
}

}  // namespace

SimulatedMessage::SimulatedMessage(std::string_view id, std::string_view model, SimulatedWords words,
                                   Thoughts thoughts)
    : head_(R"("id":)" + simulated_quoted(id) + R"(,"type":"message","role":"assistant","model":)" +
            simulated_quoted(model) + ","),
      words_(std::move(words)),
      thoughts_(thoughts) {}

std::string SimulatedMessage::begin_block(std::int64_t index, std::string_view block) const {
  return sse("content_block_start",
             R"("index":)" + std::to_string(index) + R"(,"content_block":)" + std::string(block));
}

std::string SimulatedMessage::delta(std::int64_t index, std::string_view members) const {
  return sse("content_block_delta",
             R"("index":)" + std::to_string(index) + R"(,"delta":{)" + std::string(members) + "}");
}

std::string SimulatedMessage::signature() const {
  return "simulated-" + std::to_string(words_.key());
}

std::string SimulatedMessage::end_thought() const {
  return delta(0, R"("type":"signature_delta","signature":)" + simulated_quoted(signature())) +
         sse("content_block_stop", R"("index":0)");
}

std::string SimulatedMessage::visible_block() const {
  if (words_.said().kind != Kind::call) return R"({"type":"text","text":""})";
  return R"({"type":"tool_use","id":"toolu_)" + std::to_string(words_.key()) + R"(","name":)" +
         simulated_quoted(words_.said().tool) + R"(,"input":{}})";
}

std::string SimulatedMessage::first_events(const routing::Answer& answer) const {
  return sse("message_start", R"("message":{)" + head_ +
                                  R"("content":[],"stop_reason":null,"stop_sequence":null,"usage":)" +
                                  messages_usage(answer, 1) + "}");
}

std::string SimulatedMessage::token_events(std::int64_t from, std::int64_t to,
                                           const routing::Answer& answer) const {
  std::string result;
  const std::int64_t thought = answer.reasoning.count;
  for (std::int64_t token = from; token < to; ++token) {
    if (token < thought) {
      if (!thinks(answer)) continue;
      if (token == 0) result += begin_block(0, R"({"type":"thinking","thinking":"","signature":""})");
      result += delta(
          0, R"("type":"thinking_delta","thinking":)" + simulated_quoted(words_.words(token, token + 1)));
      continue;
    }
    const std::int64_t index = thinks(answer) ? 1 : 0;
    if (token == thought) {
      if (thinks(answer)) result += end_thought();
      result += begin_block(index, visible_block());
    }
    const std::string piece = simulated_quoted(words_.visible(token, token + 1, answer));
    result +=
        delta(index, words_.said().kind == Kind::call ? R"("type":"input_json_delta","partial_json":)" + piece
                                                      : R"("type":"text_delta","text":)" + piece);
  }
  return result;
}

std::string SimulatedMessage::last_events(const routing::Answer& answer) const {
  std::string result;
  const bool has_visible = answer.output.count > answer.reasoning.count;
  if (has_visible) {
    result += sse("content_block_stop", R"("index":)" + std::string(thinks(answer) ? "1" : "0"));
  } else if (thinks(answer)) {
    result += end_thought();
  }
  return result +
         sse("message_delta",
             R"("delta":{"stop_reason":")" + std::string(simulated_stop_reason(words_, answer)) +
                 R"(","stop_sequence":null},"usage":)" + messages_usage(answer, answer.output.count)) +
         sse("message_stop", {});
}

std::string SimulatedMessage::whole(const routing::Answer& answer) const {
  std::string content;
  if (thinks(answer)) {
    content += R"({"type":"thinking","thinking":)" +
               simulated_quoted(words_.words(0, answer.reasoning.count)) + R"(,"signature":)" +
               simulated_quoted(signature()) + "},";
  }
  const std::string visible = words_.visible(answer.reasoning.count, answer.output.count, answer);
  if (words_.said().kind == Kind::call) {
    // What was cut is no JSON.
    const bool is_cut = visible.size() < words_.said().text.size();
    content += R"({"type":"tool_use","id":"toolu_)" + std::to_string(words_.key()) + R"(","name":)" +
               simulated_quoted(words_.said().tool) + R"(,"input":)" + (is_cut ? "{}" : visible) + "}";
  } else {
    content += R"({"type":"text","text":)" + simulated_quoted(visible) + "}";
  }
  return "{" + head_ + R"("content":[)" + content + R"(],"stop_reason":")" +
         std::string(simulated_stop_reason(words_, answer)) + R"(","stop_sequence":null,"usage":)" +
         messages_usage(answer, answer.output.count) + "}";
}

std::string message_error_body(const SimulatedError& error) {
  return R"({"type":"error","error":{"type":")" + std::string(type_of(error)) + R"(","message":)" +
         simulated_quoted(error.message) + "}}";
}

}  // namespace providers

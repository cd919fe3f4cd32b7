// Amazon's Converse, and Anthropic's Messages as Amazon frames them, as a simulated host writes them.
#include "providers/simulated/simulated_frame.hpp"
#include "providers/simulated/simulated_reply.hpp"

namespace providers {
namespace {

using Kind = SimulatedSaid::Kind;

std::string converse_usage(const routing::Answer& answer) {
  return R"({"inputTokens":)" + std::to_string(answer.prompt.count - answer.cached.count) +
         R"(,"outputTokens":)" + std::to_string(answer.output.count) + R"(,"totalTokens":)" +
         std::to_string(answer.prompt.count + answer.output.count) + R"(,"cacheReadInputTokens":)" +
         std::to_string(answer.cached.count) + R"(,"cacheWriteInputTokens":0})";
}

std::string signature(const SimulatedWords& words) {
  return "simulated-" + std::to_string(words.key());
}

std::string tool_members(const SimulatedWords& words) {
  return R"("toolUseId":"tooluse_)" + std::to_string(words.key()) + R"(","name":)" +
         simulated_quoted(words.said().tool);
}

std::string delta(std::int64_t index, const std::string& what) {
  return simulated_frame("contentBlockDelta",
                         R"({"contentBlockIndex":)" + std::to_string(index) + R"(,"delta":)" + what + "}");
}

std::string stop(std::int64_t index) {
  return simulated_frame("contentBlockStop", R"({"contentBlockIndex":)" + std::to_string(index) + "}");
}

// Nothing is known of a latency here but that it is a number.
constexpr std::string_view metrics = R"("metrics":{"latencyMs":1})";

std::string_view exception_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 429:
      return "ThrottlingException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return status >= 500 ? "InternalServerException" : "ValidationException";
  }
}

}  // namespace

std::string SimulatedConverse::first_events(const routing::Answer&) const {
  return simulated_frame("messageStart", R"({"role":"assistant"})");
}

std::string SimulatedConverse::token_events(std::int64_t from, std::int64_t to,
                                            const routing::Answer& answer) const {
  std::string result;
  const std::int64_t thought = answer.reasoning.count, index = thought > 0 ? 1 : 0;
  const bool calls = words_.said().kind == Kind::call;
  for (std::int64_t token = from; token < to; ++token) {
    if (token < thought) {
      result += delta(
          0, R"({"reasoningContent":{"text":)" + simulated_quoted(words_.words(token, token + 1)) + "}}");
      continue;
    }
    if (token == thought) {
      if (thought > 0) result += end_thought();
      // A block of text begins without saying so.
      if (calls) {
        result += simulated_frame("contentBlockStart", R"({"contentBlockIndex":)" + std::to_string(index) +
                                                           R"(,"start":{"toolUse":{)" + tool_members(words_) +
                                                           "}}}");
      }
    }
    const std::string piece = simulated_quoted(words_.visible(token, token + 1, answer));
    result += delta(index, calls ? R"({"toolUse":{"input":)" + piece + "}}" : R"({"text":)" + piece + "}");
  }
  return result;
}

std::string SimulatedConverse::end_thought() const {
  return delta(0, R"({"reasoningContent":{"signature":)" + simulated_quoted(signature(words_)) + "}}") +
         stop(0);
}

std::string SimulatedConverse::last_events(const routing::Answer& answer) const {
  const std::int64_t thought = answer.reasoning.count;
  const bool has_visible = answer.output.count > thought;
  return (has_visible ? stop(thought > 0 ? 1 : 0) : end_thought()) +
         simulated_frame("messageStop",
                         R"({"stopReason":")" + std::string(simulated_stop_reason(words_, answer)) + "\"}") +
         simulated_frame("metadata",
                         R"({"usage":)" + converse_usage(answer) + "," + std::string(metrics) + "}");
}

std::string SimulatedConverse::whole(const routing::Answer& answer) const {
  std::string content;
  if (answer.reasoning.count > 0) {
    content = R"({"reasoningContent":{"reasoningText":{"text":)" +
              simulated_quoted(words_.words(0, answer.reasoning.count)) + R"(,"signature":)" +
              simulated_quoted(signature(words_)) + "}}},";
  }
  const std::string visible = words_.visible(answer.reasoning.count, answer.output.count, answer);
  if (words_.said().kind == Kind::call) {
    const bool is_cut = visible.size() < words_.said().text.size();
    content += R"({"toolUse":{)" + tool_members(words_) + R"(,"input":)" + (is_cut ? "{}" : visible) + "}}";
  } else {
    content += R"({"text":)" + simulated_quoted(visible) + "}";
  }
  return R"({"output":{"message":{"role":"assistant","content":[)" + content + R"(]}},"stopReason":")" +
         std::string(simulated_stop_reason(words_, answer)) + R"(","usage":)" + converse_usage(answer) + "," +
         std::string(metrics) + "}";
}

std::string SimulatedFramedMessage::first_events(const routing::Answer& answer) const {
  return wrapped_in_frames(message_.first_events(answer));
}
std::string SimulatedFramedMessage::token_events(std::int64_t from, std::int64_t to,
                                                 const routing::Answer& answer) const {
  return wrapped_in_frames(message_.token_events(from, to, answer));
}
std::string SimulatedFramedMessage::last_events(const routing::Answer& answer) const {
  return wrapped_in_frames(message_.last_events(answer));
}

std::string bedrock_error_body(const SimulatedError& error) {
  return R"({"message":)" + simulated_quoted(error.message) + "}";
}

std::string bedrock_error_field(const SimulatedError& error) {
  return "x-amzn-errortype: " + std::string(exception_of(error.status)) + "\r\n";
}

}  // namespace providers

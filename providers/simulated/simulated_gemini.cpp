// Google's generateContent, as a simulated host writes it. A call of a tool comes whole, at the end of a
// stream.
#include "providers/simulated/simulated_reply.hpp"

namespace providers {
namespace {

using Kind = SimulatedSaid::Kind;

std::string text_part(const std::string& text) {
  return R"({"text":)" + simulated_quoted(text) + "}";
}
std::string thought_part(const std::string& text) {
  return R"({"text":)" + simulated_quoted(text) + R"(,"thought":true})";
}

std::string gemini_usage(const routing::Answer& answer) {
  const std::int64_t thought = answer.reasoning.count;
  return R"({"promptTokenCount":)" + std::to_string(answer.prompt.count) + R"(,"candidatesTokenCount":)" +
         std::to_string(answer.output.count - thought) +
         (thought > 0 ? R"(,"thoughtsTokenCount":)" + std::to_string(thought) : std::string()) +
         (answer.cached.count > 0 ? R"(,"cachedContentTokenCount":)" + std::to_string(answer.cached.count)
                                  : std::string()) +
         R"(,"totalTokenCount":)" + std::to_string(answer.prompt.count + answer.output.count) +
         R"(,"trafficType":"ON_DEMAND"})";
}

std::string_view finish_of(const routing::Answer& answer) {
  return answer.finish == routing::Answer::Finish::length ? "MAX_TOKENS" : "STOP";
}

std::string_view status_word(int status) {
  switch (status) {
    case 400:
    case 413:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}

}  // namespace

SimulatedGemini::SimulatedGemini(std::string_view id, std::string_view model, SimulatedWords words,
                                 Shown shown)
    : tail_(R"("modelVersion":)" + simulated_quoted(model) + R"(,"responseId":)" + simulated_quoted(id) +
            "}"),
      words_(std::move(words)),
      shown_(shown) {}

std::string SimulatedGemini::event(const std::string& body) const {
  return shown_.framing == Framing::events ? "data: " + body + "\r\n\r\n" : ",\r\n" + body;
}

std::string SimulatedGemini::candidate(const std::string& parts, std::string_view finish) const {
  std::string text = R"({"candidates":[{"content":{"role":"model","parts":[)" + parts + R"(]})";
  if (!finish.empty()) text.append(R"(,"finishReason":")").append(finish).append("\"");
  return text + R"(,"index":0}],)";
}

std::string SimulatedGemini::call_part(const routing::Answer& answer) const {
  const std::string arguments = words_.visible(answer.reasoning.count, answer.output.count, answer);
  const bool is_cut = arguments.size() < words_.said().text.size();
  return R"({"functionCall":{"name":)" + simulated_quoted(words_.said().tool) + R"(,"args":)" +
         (is_cut ? "{}" : arguments) + "}}";
}

std::string SimulatedGemini::first_events(const routing::Answer&) const {
  // An array begins with an element without a comma before it.
  if (shown_.framing == Framing::events) return {};
  return "[" + candidate(text_part(""), "") + tail_;
}

std::string SimulatedGemini::token_events(std::int64_t from, std::int64_t to,
                                          const routing::Answer& answer) const {
  std::string result;
  for (std::int64_t token = from; token < to; ++token) {
    if (token < answer.reasoning.count) {
      if (shown_.thoughts == Thoughts::shown)
        result += event(candidate(thought_part(words_.words(token, token + 1)), "") + tail_);
    } else if (words_.said().kind != Kind::call) {
      result += event(candidate(text_part(words_.visible(token, token + 1, answer)), "") + tail_);
    }
  }
  return result;
}

std::string SimulatedGemini::last_events(const routing::Answer& answer) const {
  const bool calls = words_.said().kind == Kind::call && answer.output.count > answer.reasoning.count;
  return event(candidate(calls ? call_part(answer) : text_part(""), finish_of(answer)) +
               R"("usageMetadata":)" + gemini_usage(answer) + "," + tail_) +
         (shown_.framing == Framing::array ? "]" : "");
}

std::string SimulatedGemini::whole(const routing::Answer& answer) const {
  std::string parts;
  if (answer.reasoning.count > 0 && shown_.thoughts == Thoughts::shown)
    parts = thought_part(words_.words(0, answer.reasoning.count)) + ",";
  parts += words_.said().kind == Kind::call
               ? call_part(answer)
               : text_part(words_.visible(answer.reasoning.count, answer.output.count, answer));
  return candidate(parts, finish_of(answer)) + R"("usageMetadata":)" + gemini_usage(answer) + "," + tail_;
}

std::string gemini_error_body(const SimulatedError& error) {
  std::string details;
  if (error.retry) {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*error.retry).count();
    std::string fraction = std::to_string(milliseconds % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    details = R"(,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":")" +
              std::to_string(milliseconds / 1000) + "." + fraction + R"(s"}])";
  }
  return R"({"error":{"code":)" + std::to_string(error.status) + R"(,"message":)" +
         simulated_quoted(error.message) + R"(,"status":")" + std::string(status_word(error.status)) + "\"" +
         details + "}}";
}

}  // namespace providers

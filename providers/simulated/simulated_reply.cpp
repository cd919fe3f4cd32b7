#include "providers/simulated/simulated_reply.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>

#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

constexpr std::array<std::string_view, 64> words{
    "the",    "price", "of",      "a",     "token",  "is",      "what",    "you",   "pay",   "for",
    "time",   "and",   "each",    "host",  "has",    "its",     "own",     "curve", "where", "waiting",
    "less",   "costs", "more",    "so",    "we",     "compare", "them",    "at",    "one",   "rate",
    "then",   "pick",  "point",   "that",  "lies",   "lowest",  "on",      "line",  "equal", "cost",
    "when",   "load",  "grows",   "batch", "slows",  "every",   "request", "in",    "it",    "while",
    "others", "queue", "but",     "fast",  "answer", "may",     "still",   "be",    "cheap", "if",
    "prompt", "was",   "already", "there"};
constexpr std::int64_t words_per_sentence = 12;

// Quoted, with all that JSON wants escaped.
std::string quoted(std::string_view text) {
  const boost::json::value value(boost::json::string_view{text.data(), text.size()});
  return boost::json::serialize(value);
}

std::string quoted_or_null(std::string_view text) {
  return text.empty() ? "null" : quoted(text);
}

std::string number(std::int64_t value) {
  return std::to_string(value);
}

std::string usage_of(const routing::Answer& answer) {
  return R"({"prompt_tokens":)" + number(answer.prompt.count) + R"(,"completion_tokens":)" +
         number(answer.output.count) + R"(,"total_tokens":)" +
         number(answer.prompt.count + answer.output.count) + R"(,"prompt_tokens_details":{"cached_tokens":)" +
         number(answer.cached.count) + R"(},"completion_tokens_details":{"reasoning_tokens":)" +
         number(answer.reasoning.count) + "}}";
}

std::string_view finish_of(const routing::Answer& answer) {
  return answer.finish == routing::Answer::Finish::stop ? R"("stop")" : R"("length")";
}

}  // namespace

SimulatedReply::SimulatedReply(std::string_view id, std::string_view model, std::int64_t created,
                               std::uint64_t key, UsageInStream usage)
    : head_(R"("id":)" + quoted(id) + R"(,"created":)" + number(created) + R"(,"model":)" + quoted(model) +
            ','),
      key_(key),
      usage_(usage) {}

// One word a token, and each sentence with a capital and a full stop.
std::string SimulatedReply::text(std::int64_t from, std::int64_t to) const {
  std::string result;
  for (std::int64_t token = from; token < to; ++token) {
    const auto drawn = routing::mixed(key_, static_cast<std::uint64_t>(token));
    const std::size_t start = result.size();
    result += words[drawn % words.size()];
    const std::int64_t place = token % words_per_sentence;
    if (place == 0) result[start] = static_cast<char>(result[start] - 'a' + 'A');
    result += place == words_per_sentence - 1 ? ". " : " ";
  }
  return result;
}

std::string SimulatedReply::event(std::string_view choice) const {
  std::string result = R"(data: {"object":"chat.completion.chunk",)" + head_ + R"("choices":[)";
  result.append(choice).append("]");
  if (usage_ == UsageInStream::asked) result += R"(,"usage":null)";
  return result + "}\n\n";
}

std::string SimulatedReply::role_event() const {
  return event(
      R"({"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null})");
}

std::string SimulatedReply::token_events(std::int64_t from, std::int64_t to, std::int64_t reasoning) const {
  std::string result;
  for (std::int64_t token = from; token < to; ++token) {
    // The words need no escapes.
    const std::string word = '"' + text(token, token + 1) + '"';
    const std::string delta =
        token < reasoning ? R"("content":null,"reasoning_content":)" + word : R"("content":)" + word;
    result += event(R"({"index":0,"delta":{)" + delta + R"(},"logprobs":null,"finish_reason":null})");
  }
  return result;
}

std::string SimulatedReply::last_events(const routing::Answer& answer) const {
  std::string result = event(R"({"index":0,"delta":{},"logprobs":null,"finish_reason":)" +
                             std::string{finish_of(answer)} + '}');
  if (usage_ == UsageInStream::asked) {
    result += R"(data: {"object":"chat.completion.chunk",)" + head_ + R"("choices":[],"usage":)" +
              usage_of(answer) + "}\n\n";
  }
  return result + "data: [DONE]\n\n";
}

std::string SimulatedReply::whole(const routing::Answer& answer) const {
  std::string message = R"({"role":"assistant",)";
  if (answer.reasoning.count > 0) {
    message += R"("reasoning_content":")" + text(0, answer.reasoning.count) + R"(",)";
  }
  message += R"("content":")" + text(answer.reasoning.count, answer.output.count) + R"(","refusal":null})";
  return R"({"object":"chat.completion",)" + head_ + R"("choices":[{"index":0,"message":)" + message +
         R"(,"logprobs":null,"finish_reason":)" + std::string{finish_of(answer)} + R"(}],"usage":)" +
         usage_of(answer) + '}';
}

std::string error_body(const SimulatedError& error) {
  return R"({"error":{"message":)" + quoted(error.message) + R"(,"type":)" + quoted(error.type) +
         R"(,"param":)" + quoted_or_null(error.param) + R"(,"code":)" + quoted_or_null(error.code) + "}}";
}

std::string models_body(std::string_view model, std::string_view owner, std::int64_t created) {
  return R"({"object":"list","data":[{"id":)" + quoted(model) + R"(,"object":"model","created":)" +
         number(created) + R"(,"owned_by":)" + quoted(owner) + "}]}";
}

}  // namespace providers

#include "providers/simulated/simulated_reply.hpp"

#include <algorithm>

#include "providers/json/json_writer.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

using Kind = SimulatedSaid::Kind;

std::string quoted_or_null(std::string_view text) {
  return text.empty() ? "null" : simulated_quoted(text);
}

std::string call_id(const SimulatedWords& words) {
  return "call_" + std::to_string(static_cast<std::int64_t>(words.key() % 1'000'000'000));
}

std::string_view finish_of(const SimulatedWords& words, const routing::Answer& answer) {
  if (answer.finish == routing::Answer::Finish::length) return R"("length")";
  return words.said().kind == Kind::call ? R"("tool_calls")" : R"("stop")";
}

// Of one token, or of another that might have been there.
void write_logprob(JsonWriter& json, std::string_view token, std::uint64_t drawn) {
  json.key("token").plain(token);
  json.key("logprob").raw("-" + std::to_string(static_cast<std::int64_t>(drawn % 4)) + "." +
                          std::to_string(100 + static_cast<std::int64_t>(drawn / 4 % 900)));
  json.key("bytes").begin_array();
  for (const char c : token) json.integer(static_cast<unsigned char>(c));
  json.end_array();
}

}  // namespace

SimulatedChat::SimulatedChat(std::string_view id, std::string_view model, std::int64_t created,
                             std::vector<SimulatedWords> choices, Shown shown)
    : head_(R"("id":)" + simulated_quoted(id) + R"(,"created":)" + std::to_string(created) + R"(,"model":)" +
            simulated_quoted(model) + ','),
      choices_(std::move(choices)),
      shown_(shown) {}

std::string SimulatedChat::event(std::string_view choice) const {
  std::string result = R"(data: {"object":"chat.completion.chunk",)" + head_ + R"("choices":[)";
  result.append(choice).append("]");
  if (shown_.usage == UsageInStream::asked) result += R"(,"usage":null)";
  return result + "}\n\n";
}

std::string SimulatedChat::delta_event(std::size_t choice, std::string_view delta,
                                       std::string_view logprobs) const {
  std::string text = R"({"index":)" + std::to_string(choice) + R"(,"delta":{)";
  text.append(delta).append(R"(},"logprobs":)").append(logprobs);
  return event(text + R"(,"finish_reason":null})");
}

std::string SimulatedChat::first_events(const routing::Answer&) const {
  std::string result;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const bool calls = choices_[i].said().kind == Kind::call;
    result += delta_event(
        i, calls ? R"("role":"assistant","content":null)" : R"("role":"assistant","content":"")", "null");
  }
  return result;
}

std::string SimulatedChat::token_events(std::int64_t from, std::int64_t to,
                                        const routing::Answer& answer) const {
  std::string result;
  for (std::int64_t token = from; token < to; ++token) {
    for (std::size_t choice = 0; choice < choices_.size(); ++choice) {
      result += token_event(choice, token, answer);
    }
  }
  return result;
}

std::string SimulatedChat::token_event(std::size_t choice, std::int64_t token,
                                       const routing::Answer& answer) const {
  const SimulatedWords& words = choices_[choice];
  if (token < answer.reasoning.count) {
    return delta_event(
        choice, R"("content":null,"reasoning_content":)" + simulated_quoted(words.words(token, token + 1)),
        "null");
  }
  const std::string piece = simulated_quoted(words.visible(token, token + 1, answer));
  if (words.said().kind != Kind::call) {
    return delta_event(choice, R"("content":)" + piece, logprobs_of(words, token, token + 1, answer));
  }
  const std::string function = R"("function":{"arguments":)" + piece + "}}]";
  if (token > answer.reasoning.count) {
    return delta_event(choice, R"("tool_calls":[{"index":0,)" + function, "null");
  }
  return delta_event(choice,
                     R"("tool_calls":[{"index":0,"id":)" + simulated_quoted(call_id(words)) +
                         R"(,"type":"function","function":{"name":)" + simulated_quoted(words.said().tool) +
                         R"(,"arguments":)" + piece + "}}]",
                     "null");
}

std::string SimulatedChat::logprobs_of(const SimulatedWords& words, std::int64_t from, std::int64_t to,
                                       const routing::Answer& answer) const {
  if (!shown_.logprobs) return "null";
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("content").begin_array();
  for (std::int64_t token = from; token < to; ++token) {
    const std::string said = words.visible(token, token + 1, answer);
    const std::uint64_t drawn = routing::mixed(words.key() ^ 1, static_cast<std::uint64_t>(token));
    json.begin_object();
    write_logprob(json, said, drawn);
    json.key("top_logprobs").begin_array();
    for (int other = 0; other < *shown_.logprobs; ++other) {
      json.begin_object();
      const SimulatedWords others(words.key() ^ drawn, {});
      write_logprob(json, other == 0 ? said : others.words(other, other + 1),
                    drawn + 4u * static_cast<std::uint64_t>(other));
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.key("refusal").raw("null");
  json.end_object();
  return text;
}

std::string SimulatedChat::usage_of(const routing::Answer& answer) const {
  const auto count = static_cast<std::int64_t>(choices_.size());
  return R"({"prompt_tokens":)" + std::to_string(answer.prompt.count) + R"(,"completion_tokens":)" +
         std::to_string(answer.output.count * count) + R"(,"total_tokens":)" +
         std::to_string(answer.prompt.count + answer.output.count * count) +
         R"(,"prompt_tokens_details":{"cached_tokens":)" + std::to_string(answer.cached.count) +
         R"(},"completion_tokens_details":{"reasoning_tokens":)" +
         std::to_string(answer.reasoning.count * count) + "}}";
}

std::string SimulatedChat::last_events(const routing::Answer& answer) const {
  std::string result;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    result += event(R"({"index":)" + std::to_string(i) + R"(,"delta":{},"logprobs":null,"finish_reason":)" +
                    std::string{finish_of(choices_[i], answer)} + '}');
  }
  if (shown_.usage == UsageInStream::asked) {
    result += R"(data: {"object":"chat.completion.chunk",)" + head_ + R"("choices":[],"usage":)" +
              usage_of(answer) + "}\n\n";
  }
  return result + "data: [DONE]\n\n";
}

std::string SimulatedChat::whole(const routing::Answer& answer) const {
  std::string choices;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const SimulatedWords& words = choices_[i];
    const std::int64_t begin = answer.reasoning.count, end = answer.output.count;
    const std::string visible = simulated_quoted(words.visible(begin, end, answer));
    const bool calls = words.said().kind == Kind::call;
    std::string message = R"({"role":"assistant",)";
    if (begin > 0) message += R"("reasoning_content":)" + simulated_quoted(words.words(0, begin)) + ",";
    message += R"("content":)" + (calls ? "null" : visible) + R"(,"refusal":null)";
    if (calls) {
      message += R"(,"tool_calls":[{"id":)" + simulated_quoted(call_id(words)) +
                 R"(,"type":"function","function":{"name":)" + simulated_quoted(words.said().tool) +
                 R"(,"arguments":)" + visible + "}}]";
    }
    choices += (i == 0 ? "" : ",") + (R"({"index":)" + std::to_string(i) + R"(,"message":)" + message) +
               R"(},"logprobs":)" + (calls ? "null" : logprobs_of(words, begin, end, answer)) +
               R"(,"finish_reason":)" + std::string{finish_of(words, answer)} + '}';
  }
  return R"({"object":"chat.completion",)" + head_ + R"("choices":[)" + choices + R"(],"usage":)" +
         usage_of(answer) + '}';
}

std::string error_body(const SimulatedError& error) {
  return R"({"error":{"message":)" + simulated_quoted(error.message) + R"(,"type":)" +
         simulated_quoted(error.type) + R"(,"param":)" + quoted_or_null(error.param) + R"(,"code":)" +
         quoted_or_null(error.code) + "}}";
}

std::string models_body(const std::vector<std::string>& models, std::string_view owner,
                        std::int64_t created) {
  std::string list;
  for (const std::string& model : models) {
    list += (list.empty() ? "" : ",") + (R"({"id":)" + simulated_quoted(model)) +
            R"(,"object":"model","created":)" + std::to_string(created) + R"(,"owned_by":)" +
            simulated_quoted(owner) + "}";
  }
  return R"({"object":"list","data":[)" + list + "]}";
}

}  // namespace providers

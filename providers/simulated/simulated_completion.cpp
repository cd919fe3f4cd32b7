// OpenAI's older completions and its embeddings, as a simulated host writes them.
#include <algorithm>
#include <bit>
#include <cmath>

#include "providers/simulated/simulated_frame.hpp"
#include "providers/simulated/simulated_reply.hpp"
#include "routing/host_model/host_draws.hpp"

namespace providers {
namespace {

std::string completion_usage(const routing::Answer& answer) {
  return R"("usage":{"prompt_tokens":)" + std::to_string(answer.prompt.count) + R"(,"completion_tokens":)" +
         std::to_string(answer.output.count) + R"(,"total_tokens":)" +
         std::to_string(answer.prompt.count + answer.output.count) +
         R"(,"prompt_tokens_details":{"cached_tokens":)" + std::to_string(answer.cached.count) + "}}";
}

}  // namespace

SimulatedCompletion::SimulatedCompletion(std::string_view id, std::string_view model, std::int64_t created,
                                         SimulatedWords words, UsageInStream usage)
    : head_(R"({"id":"cmpl-)" + std::string(id) + R"(","object":"text_completion","created":)" +
            std::to_string(created) + R"(,"model":)" + simulated_quoted(model) + ","),
      words_(std::move(words)),
      usage_(usage) {}

std::string SimulatedCompletion::choice(std::string_view text, std::string_view finish) const {
  return R"("choices":[{"index":0,"text":)" + simulated_quoted(text) +
         R"(,"logprobs":null,"finish_reason":)" +
         (finish.empty() ? "null" : "\"" + std::string(finish) + "\"") + "}]";
}

std::string_view SimulatedCompletion::finish_of(const routing::Answer& answer) {
  return answer.finish == routing::Answer::Finish::length ? "length" : "stop";
}

// Completions have no place for thoughts.
std::string SimulatedCompletion::token_events(std::int64_t from, std::int64_t to,
                                              const routing::Answer& answer) const {
  std::string events;
  for (std::int64_t token = std::max(from, answer.reasoning.count); token < to; ++token)
    events += "data: " + head_ + choice(words_.visible(token, token + 1, answer), "") + "}\n\n";
  return events;
}

std::string SimulatedCompletion::last_events(const routing::Answer& answer) const {
  std::string events = "data: " + head_ + choice("", finish_of(answer)) + "}\n\n";
  if (usage_ == UsageInStream::asked)
    events += "data: " + head_ + R"("choices":[],)" + completion_usage(answer) + "}\n\n";
  return events + "data: [DONE]\n\n";
}

std::string SimulatedCompletion::whole(const routing::Answer& answer) const {
  const std::string text = words_.visible(answer.reasoning.count, answer.output.count, answer);
  return head_ + choice(text, finish_of(answer)) + "," + completion_usage(answer) + "}";
}

// The same at every host, whatever its luck, and of length 1.
std::string SimulatedEmbeddings::vector_of(std::uint64_t input) const {
  const routing::HostDraws draws(input);
  std::vector<double> all;
  double squares = 0;
  for (int i = 0; i < dimensions_; ++i) {
    all.push_back(draws.normal(static_cast<std::uint64_t>(i), 0));
    squares += all.back() * all.back();
  }
  std::string text, bytes;
  for (const double each : all) {
    const auto number = static_cast<float>(each / std::sqrt(squares));
    text += (text.empty() ? "" : ",") + std::to_string(number);
    const auto bits = std::bit_cast<std::uint32_t>(number);
    for (int byte = 0; byte < 4; ++byte) bytes += static_cast<char>(bits >> (8 * byte) & 0xff);
  }
  return encoding_ == Encoding::base64 ? "\"" + simulated_base64(bytes) + "\"" : "[" + text + "]";
}

std::string SimulatedEmbeddings::whole(const routing::Answer& answer) const {
  std::string list;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    list += (i > 0 ? "," : "") + (R"({"object":"embedding","index":)" + std::to_string(i)) +
            R"(,"embedding":)" + vector_of(inputs_[i]) + "}";
  }
  const std::string tokens = std::to_string(answer.prompt.count);
  return R"({"object":"list","data":[)" + list + R"(],"model":)" + simulated_quoted(model_) +
         R"(,"usage":{"prompt_tokens":)" + tokens + R"(,"total_tokens":)" + tokens + "}}";
}

}  // namespace providers

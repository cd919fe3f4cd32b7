#include "providers/dialects/openai_responses/usage.hpp"

#include <algorithm>

namespace providers {
namespace {

// No context is near to it; beyond it is an error of the host's.
constexpr std::int64_t most_tokens = 100'000'000;
constexpr double most_dollars = 10'000;

class UsageReader {
 public:
  explicit UsageReader(JsonWalk& walk) : walk_(walk) {}

  ReportedUsage read() {
    walk_.object([this](const JsonString& key) { return member(key); });
    return walk_.ok() ? made() : ReportedUsage{};
  }

 private:
  bool member(const JsonString& key) {
    if (key.is("input_tokens")) return count(input_);
    if (key.is("output_tokens")) return count(output_);
    if (key.is("cost")) return cost();
    const bool is_input = key.is("input_tokens_details");
    if (!is_input && !key.is("output_tokens_details")) return walk_.skip();
    if (walk_.type() != JsonType::object) return none();
    return walk_.object([&](const JsonString& inner) {
      if (inner.is("cached_tokens")) return count(cached_);
      if (inner.is("cache_write_tokens")) return count(cache_written_);
      if (inner.is("audio_tokens")) return count(is_input ? audio_prompt_ : audio_output_);
      if (inner.is("image_tokens")) return count(is_input ? image_prompt_ : image_output_);
      return inner.is("reasoning_tokens") ? count(reasoning_) : walk_.skip();
    });
  }

  // What should be something else: null is no anomaly.
  bool none() {
    if (walk_.type() != JsonType::null) anomaly_ = true;
    return walk_.skip();
  }

  bool count(std::optional<std::int64_t>& value) {
    if (walk_.type() != JsonType::number) return none();
    const auto number = walk_.number();
    if (!number) return false;
    const auto found = number->whole();
    const bool is_possible = found && *found >= 0 && *found <= most_tokens;
    if (is_possible) value = found;
    if (!is_possible) anomaly_ = true;
    return true;
  }

  bool cost() {
    const std::size_t begin = walk_.position();
    if (walk_.type() != JsonType::number) return none();
    const auto number = walk_.number();
    if (!number) return false;
    const double found = number->real();
    const bool is_possible = found >= 0 && found <= most_dollars;
    if (is_possible) cost_ = found;
    if (!is_possible) anomaly_ = true;
    cost_value_ = {begin, walk_.end()};
    return true;
  }

  ReportedUsage made() {
    if (!input_ || !output_) return {std::nullopt, true, cost_, cost_value_};
    const std::int64_t cached = cached_.value_or(0);
    const std::int64_t written = cache_written_.value_or(0);
    const std::int64_t reasoning = reasoning_.value_or(0);
    if (reasoning > *output_ || cached > *input_ || written > *input_) anomaly_ = true;
    routing::Usage usage;
    usage.prompt = {*input_};
    usage.cached = {std::min(cached, *input_)};
    usage.cache_written = {std::min(written, *input_)};
    usage.output = {*output_};
    usage.reasoning = {std::min(reasoning, *output_)};
    usage.audio_prompt = {std::min(audio_prompt_.value_or(0), *input_)};
    usage.image_prompt = {std::min(image_prompt_.value_or(0), *input_)};
    usage.audio_output = {std::min(audio_output_.value_or(0), *output_)};
    usage.image_output = {std::min(image_output_.value_or(0), *output_)};
    usage.cost = cost_;
    return {usage, anomaly_, cost_, cost_value_};
  }

  JsonWalk& walk_;
  std::optional<std::int64_t> input_, output_, cached_, cache_written_, reasoning_;
  std::optional<std::int64_t> audio_prompt_, image_prompt_, audio_output_, image_output_;
  std::optional<double> cost_;
  ByteRange cost_value_{};
  bool anomaly_ = false;
};

}  // namespace

ReportedUsage read_responses_usage(JsonWalk& walk) {
  if (walk.type() == JsonType::object) return UsageReader(walk).read();
  const bool anomaly = walk.type() != JsonType::null;
  walk.skip();
  return {.usage = std::nullopt, .anomaly = anomaly};
}

}  // namespace providers

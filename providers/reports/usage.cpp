#include "providers/reports/usage.hpp"

#include <algorithm>

namespace providers {
namespace {

// No context is near to it; beyond it is an error of the host's.
constexpr std::int64_t most_tokens = 100'000'000;
constexpr double most_dollars = 10'000;

class UsageReader {
 public:
  UsageReader(JsonWalk& walk, const UsageWords& words) : walk_(walk), words_(words) {}

  ReportedUsage read() {
    walk_.object([this](const JsonString& key) { return member(key); });
    return walk_.ok() ? made() : ReportedUsage{};
  }

 private:
  bool member(const JsonString& key) {
    if (key.is(words_.prompt)) return count(prompt_);
    if (key.is(words_.completion)) return count(completion_);
    if (key.is("total_tokens")) return count(total_);
    if (key.is(words_.prompt_details)) return prompt_details();
    if (key.is(words_.completion_details)) return completion_details();
    // DeepSeek's and Together's spellings; the details win where both are there.
    if (key.is("prompt_cache_hit_tokens") || key.is("cached_tokens")) return count(cached_elsewhere_);
    if (key.is("cost")) return own_cost();
    if (key.is("cost_details")) return cost_details();
    if (key.is("is_byok")) return byok();
    if (key.is("server_tool_use")) return server_tools();
    return walk_.skip();
  }

  bool prompt_details() {
    if (walk_.type() != JsonType::object) return none();
    return walk_.object([this](const JsonString& key) {
      if (key.is("cached_tokens")) return count(cached_);
      if (key.is("cache_write_tokens")) return count(cache_written_);
      if (key.is("audio_tokens")) return count(audio_prompt_);
      return key.is("image_tokens") ? count(image_prompt_) : walk_.skip();
    });
  }

  bool completion_details() {
    if (walk_.type() != JsonType::object) return none();
    return walk_.object([this](const JsonString& key) {
      if (key.is("reasoning_tokens")) return count(reasoning_);
      if (key.is("audio_tokens")) return count(audio_output_);
      return key.is("image_tokens") ? count(image_output_) : walk_.skip();
    });
  }

  // OpenRouter's.
  bool server_tools() {
    if (walk_.type() != JsonType::object) return none();
    return walk_.object([this](const JsonString& key) {
      return key.is("web_search_requests") ? count(searches_) : walk_.skip();
    });
  }

  bool cost_details() {
    if (walk_.type() != JsonType::object) return none();
    return walk_.object([this](const JsonString& key) {
      return key.is("upstream_inference_cost") ? dollars(upstream_cost_) : walk_.skip();
    });
  }

  bool byok() {
    if (walk_.type() != JsonType::boolean) return none();
    const auto value = walk_.boolean();
    is_byok_ = value.value_or(false);
    return value.has_value();
  }

  bool own_cost() {
    const std::size_t begin = walk_.position();
    const bool read = dollars(cost_);
    cost_value_ = {begin, walk_.end()};
    return read;
  }

  // What should be an object: null is no anomaly.
  bool none() {
    if (walk_.type() != JsonType::null) anomaly_ = true;
    return walk_.skip();
  }

  bool count(std::optional<std::int64_t>& value) {
    if (walk_.type() != JsonType::number) return none();
    const auto number = walk_.number();
    if (!number) return false;
    const auto found = number->whole();
    const bool possible = found && *found >= 0 && *found <= most_tokens;
    if (possible) value = found;
    if (!possible) anomaly_ = true;
    return true;
  }

  bool dollars(std::optional<double>& value) {
    if (walk_.type() != JsonType::number) return none();
    const auto number = walk_.number();
    if (!number) return false;
    const double found = number->real();
    const bool possible = found >= 0 && found <= most_dollars;
    if (possible) value = found;
    if (!possible) anomaly_ = true;
    return true;
  }

  // With a key of our own at the host behind it, `cost` is only the fee: without the rest it is no figure for
  // the cost.
  std::optional<double> cost() const {
    if (!is_byok_ || !cost_) return cost_;
    return upstream_cost_ ? std::optional(*cost_ + *upstream_cost_) : std::nullopt;
  }

  // By the total: some count reasoning apart from the completion.
  bool excludes_reasoning() const {
    const std::int64_t reasoning = reasoning_.value_or(0);
    if (reasoning == 0) return false;
    const std::int64_t both = *prompt_ + *completion_;
    return total_ == both + reasoning;
  }

  ReportedUsage made() {
    // Embeddings have no output: the total says that nothing is missing.
    if (prompt_ && !completion_ && total_ == prompt_) completion_ = 0;
    if (!prompt_ || !completion_) return {std::nullopt, true, cost_, cost_value_};
    const std::int64_t reasoning = reasoning_.value_or(0);
    const std::int64_t output = *completion_ + (excludes_reasoning() ? reasoning : 0);
    const std::int64_t cached = (cached_ ? cached_ : cached_elsewhere_).value_or(0);
    const std::int64_t written = cache_written_.value_or(0);
    if (reasoning > output || cached > *prompt_ || written > *prompt_) anomaly_ = true;
    routing::Usage usage;
    usage.prompt = {*prompt_};
    usage.cached = {std::min(cached, *prompt_)};
    usage.cache_written = {std::min(written, *prompt_)};
    usage.output = {output};
    usage.reasoning = {std::min(reasoning, output)};
    usage.audio_prompt = {std::min(audio_prompt_.value_or(0), *prompt_)};
    usage.image_prompt = {std::min(image_prompt_.value_or(0), *prompt_)};
    usage.audio_output = {std::min(audio_output_.value_or(0), output)};
    usage.image_output = {std::min(image_output_.value_or(0), output)};
    usage.searches = static_cast<std::int32_t>(searches_.value_or(0));
    usage.cost = cost();
    return {usage, anomaly_, cost_, cost_value_};
  }

  JsonWalk& walk_;
  const UsageWords& words_;
  std::optional<std::int64_t> prompt_, completion_, total_, cached_, cached_elsewhere_, cache_written_,
      reasoning_, audio_prompt_, image_prompt_, audio_output_, image_output_, searches_;
  std::optional<double> cost_, upstream_cost_;
  ByteRange cost_value_{};
  bool is_byok_ = false;
  bool anomaly_ = false;
};

}  // namespace

ReportedUsage read_usage(JsonWalk& walk, const UsageWords& words) {
  if (walk.type() == JsonType::object) return UsageReader(walk, words).read();
  const bool anomaly = walk.type() != JsonType::null;
  walk.skip();
  return {.usage = std::nullopt, .anomaly = anomaly};
}

}  // namespace providers

#include "providers/dialects/bedrock_converse/usage.hpp"

#include <algorithm>

#include "providers/dialect/told_count.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

bool ConverseUsage::read(JsonWalk& walk) {
  if (walk.type() != JsonType::object) {
    is_odd_ |= walk.type() != JsonType::null;
    return walk.skip();
  }
  return walk.object([&](const JsonString& key) {
    if (key.is("inputTokens")) return take_count(walk, input_, is_odd_);
    if (key.is("outputTokens")) return take_count(walk, output_, is_odd_);
    if (key.is("cacheReadInputTokens")) return take_count(walk, cache_read_, is_odd_);
    if (key.is("cacheWriteInputTokens")) return take_count(walk, cache_written_, is_odd_);
    if (key.is("cacheDetails") && walk.type() == JsonType::array) {
      return walk.array([&] { return read_detail(walk); });
    }
    return walk.skip();
  });
}

bool ConverseUsage::read_tier(JsonWalk& walk) {
  if (walk.type() != JsonType::object) return walk.skip();
  return walk.object(
      [&](const JsonString& key) { return key.is("type") ? take_service_tier(walk, tier_) : walk.skip(); });
}

bool ConverseUsage::read_detail(JsonWalk& walk) {
  if (walk.type() != JsonType::object) return walk.skip();
  JsonString life;
  std::optional<std::int64_t> tokens;
  const bool is_read = walk.object([&](const JsonString& key) {
    if (key.is("ttl")) return take_text(walk, life);
    return key.is("inputTokens") ? take_count(walk, tokens, is_odd_) : walk.skip();
  });
  if (life.is("1h")) written_1h_ += tokens.value_or(0);
  return is_read;
}

routing::Usage ConverseUsage::usage() const {
  routing::Usage usage;
  usage.cached = {cache_read_.value_or(0)};
  usage.cache_written = {cache_written_.value_or(0)};
  usage.cache_written_1h = {std::min(written_1h_, usage.cache_written.count)};
  usage.prompt = {input_.value_or(0) + usage.cached.count + usage.cache_written.count};
  usage.output = {output_.value_or(0)};
  usage.tier = tier_;
  return usage;
}

}  // namespace providers

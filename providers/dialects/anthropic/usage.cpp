#include "providers/dialects/anthropic/usage.hpp"

#include <algorithm>

#include "providers/dialect/told_count.hpp"
#include "providers/reports/usage.hpp"

namespace providers {

bool AnthropicUsage::read(JsonWalk& walk) {
  if (walk.type() != JsonType::object) {
    is_odd_ |= walk.type() != JsonType::null;
    return walk.skip();
  }
  return walk.object([&](const JsonString& key) { return member(walk, key); });
}

bool AnthropicUsage::member(JsonWalk& walk, const JsonString& key) {
  if (key.is("input_tokens")) return count(walk, input_);
  if (key.is("output_tokens")) return count(walk, output_);
  if (key.is("cache_read_input_tokens")) return count(walk, cache_read_);
  if (key.is("cache_creation_input_tokens")) return count(walk, cache_written_);
  if (key.is("cache_creation") && walk.type() == JsonType::object) {
    return walk.object([&](const JsonString& inner) {
      return inner.is("ephemeral_1h_input_tokens") ? count(walk, written_1h_) : walk.skip();
    });
  }
  if (key.is("output_tokens_details") && walk.type() == JsonType::object) {
    return walk.object([&](const JsonString& inner) {
      return inner.is("thinking_tokens") ? count(walk, thinking_) : walk.skip();
    });
  }
  if (key.is("service_tier")) return take_service_tier(walk, tier_);
  if (key.is("speed") && walk.type() == JsonType::string) {
    const auto word = walk.string();
    is_fast_ |= word && word->is("fast");
    return word.has_value();
  }
  if (key.is("inference_geo") && walk.type() == JsonType::string) {
    const auto word = walk.string();
    // What models are asked that know no places.
    if (word && !word->escaped && !word->is("not_available")) geo_ = config::GeoWord(word->raw);
    return word.has_value();
  }
  if (key.is("server_tool_use") && walk.type() == JsonType::object) {
    return walk.object([&](const JsonString& inner) {
      return inner.is("web_search_requests") ? count(walk, searches_) : walk.skip();
    });
  }
  return walk.skip();
}

bool AnthropicUsage::count(JsonWalk& walk, std::optional<std::int64_t>& value) {
  return take_count(walk, value, is_odd_);
}

routing::Usage AnthropicUsage::usage() const {
  routing::Usage usage;
  usage.cached = {cache_read_.value_or(0)};
  usage.cache_written = {cache_written_.value_or(0)};
  usage.cache_written_1h = {std::min(written_1h_.value_or(0), usage.cache_written.count)};
  usage.prompt = {input_.value_or(0) + usage.cached.count + usage.cache_written.count};
  usage.output = {output_.value_or(0)};
  usage.reasoning = {std::min(thinking_.value_or(0), usage.output.count)};
  usage.searches = static_cast<std::int32_t>(searches_.value_or(0));
  usage.geo = geo_;
  usage.tier = is_fast_ ? config::ServiceTier::fast : tier_;
  return usage;
}

}  // namespace providers

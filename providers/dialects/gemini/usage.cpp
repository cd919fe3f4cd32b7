#include "providers/dialects/gemini/usage.hpp"

#include <algorithm>

#include "providers/dialect/told_count.hpp"

namespace providers {

bool GeminiUsage::read(JsonWalk& walk) {
  if (walk.type() != JsonType::object) {
    is_odd_ |= walk.type() != JsonType::null;
    return walk.skip();
  }
  return walk.object([&](const JsonString& key) {
    if (key.is("promptTokenCount")) return count(walk, prompt_);
    if (key.is("candidatesTokenCount")) return count(walk, candidates_);
    if (key.is("thoughtsTokenCount")) return count(walk, thoughts_);
    if (key.is("toolUsePromptTokenCount")) return count(walk, tool_prompt_);
    if (key.is("cachedContentTokenCount")) return count(walk, cached_);
    return walk.skip();
  });
}

bool GeminiUsage::count(JsonWalk& walk, std::optional<std::int64_t>& value) {
  return take_count(walk, value, is_odd_);
}

routing::Usage GeminiUsage::usage() const {
  routing::Usage usage;
  usage.prompt = {prompt_.value_or(0) + tool_prompt_.value_or(0)};
  usage.cached = {std::min(cached_.value_or(0), usage.prompt.count)};
  usage.reasoning = {thoughts_.value_or(0)};
  usage.output = {candidates_.value_or(0) + usage.reasoning.count};
  return usage;
}

}  // namespace providers

#include "providers/dialects/gemini/usage.hpp"

#include <algorithm>

#include "providers/dialect/told_count.hpp"
#include "providers/reports/usage.hpp"

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
    if (key.is("promptTokensDetails")) return details(walk, audio_prompt_, image_prompt_);
    if (key.is("cacheTokensDetails")) return details(walk, cached_audio_, cached_image_);
    if (key.is("candidatesTokensDetails")) return details(walk, audio_output_, image_output_);
    if (key.is("trafficType") || key.is("serviceTier")) return take_service_tier(walk, tier_);
    return walk.skip();
  });
}

bool GeminiUsage::details(JsonWalk& walk, std::int64_t& audio, std::int64_t& image) {
  if (walk.type() != JsonType::array) return walk.skip();
  audio = image = 0;
  return walk.array([&] {
    if (walk.type() != JsonType::object) return walk.skip();
    JsonString modality;
    std::optional<std::int64_t> tokens;
    const bool is_read = walk.object([&](const JsonString& key) {
      if (key.is("modality")) return take_text(walk, modality);
      return key.is("tokenCount") ? count(walk, tokens) : walk.skip();
    });
    if (modality.is("AUDIO")) audio += tokens.value_or(0);
    if (modality.is("IMAGE")) image += tokens.value_or(0);
    return is_read;
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
  usage.audio_prompt = {std::min(audio_prompt_, usage.prompt.count)};
  usage.cached_audio = {std::min(cached_audio_, usage.cached.count)};
  // What is cached of the pictures costs what everything cached does.
  usage.image_prompt = {std::clamp<std::int64_t>(image_prompt_ - cached_image_, 0, usage.prompt.count)};
  usage.audio_output = {std::min(audio_output_, usage.output.count)};
  usage.image_output = {std::min(image_output_, usage.output.count)};
  usage.tier = tier_;
  return usage;
}

}  // namespace providers

// Token counts as Google reports them: each report tells all of it. What a host says of usage is money and so
// distrusted.
#pragma once

#include <cstdint>
#include <optional>

#include "providers/json/json_walk.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

class GeminiUsage {
 public:
  // Consumes the value of `usageMetadata`, whatever its type. What it does not say stays.
  bool read(JsonWalk& walk);

  bool is_known() const { return prompt_ || candidates_ || thoughts_; }
  bool is_odd() const { return is_odd_; }
  // What was thought counts beside the candidates, and what tools of the host read beside the prompt.
  routing::Usage usage() const;

 private:
  // What of a count is sound and what pictures.
  bool details(JsonWalk& walk, std::int64_t& audio, std::int64_t& image);
  bool count(JsonWalk& walk, std::optional<std::int64_t>& value);

  std::optional<std::int64_t> prompt_{}, candidates_{}, thoughts_{}, tool_prompt_{}, cached_{};
  std::int64_t audio_prompt_ = 0, cached_audio_ = 0, image_prompt_ = 0, cached_image_ = 0;
  std::int64_t audio_output_ = 0, image_output_ = 0;
  std::optional<config::ServiceTier> tier_{};
  bool is_odd_ = false;
};

}  // namespace providers

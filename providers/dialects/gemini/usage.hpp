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
  bool count(JsonWalk& walk, std::optional<std::int64_t>& value);

  std::optional<std::int64_t> prompt_{}, candidates_{}, thoughts_{}, tool_prompt_{}, cached_{};
  bool is_odd_ = false;
};

}  // namespace providers

// Token counts as Converse reports them, once. What a host says of usage is money and so distrusted.
#pragma once

#include <cstdint>
#include <optional>

#include "providers/json/json_walk.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

class ConverseUsage {
 public:
  // Consumes the value of `usage`, whatever its type.
  bool read(JsonWalk& walk);

  // Consumes the value of `serviceTier`, which stands beside it.
  bool read_tier(JsonWalk& walk);

  bool is_known() const { return input_ || output_; }
  bool is_odd() const { return is_odd_; }
  // `inputTokens` is without the cache; what routing counts as the prompt is all of it.
  routing::Usage usage() const;

 private:
  bool read_detail(JsonWalk& walk);

  std::optional<std::int64_t> input_{}, output_{}, cache_read_{}, cache_written_{};
  std::int64_t written_1h_ = 0;
  std::optional<config::ServiceTier> tier_{};
  bool is_odd_ = false;
};

}  // namespace providers

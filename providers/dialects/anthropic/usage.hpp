// Token counts as Anthropic reports them, piece by piece. What a host says of usage is money and so
// distrusted.
#pragma once

#include <cstdint>
#include <optional>

#include "providers/json/json_walk.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

// Grows over a stream: its first event tells what went in, its last what came out, and each may repeat the
// other.
class AnthropicUsage {
 public:
  // Consumes the value of a `usage` member, whatever its type. What it does not say stays.
  bool read(JsonWalk& walk);

  // Whether anything was told.
  bool is_known() const { return input_ || output_; }
  // Whether something told could not be.
  bool is_odd() const { return is_odd_; }
  // `input_tokens` is without the cache; what routing counts as the prompt is all of it.
  routing::Usage usage() const;

 private:
  bool member(JsonWalk& walk, const JsonString& key);
  bool count(JsonWalk& walk, std::optional<std::int64_t>& value);

  std::optional<std::int64_t> input_{}, cache_read_{}, cache_written_{}, written_1h_{}, output_{},
      thinking_{}, searches_{};
  std::optional<config::ServiceTier> tier_{};
  config::GeoWord geo_{};
  bool is_fast_ = false;  // `speed`, which goes before it
  bool is_odd_ = false;
};

}  // namespace providers

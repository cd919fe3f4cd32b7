// Reads what OpenAI's older APIs take as their prompt or input: a text, a list of texts, the tokens of one,
// or a list of those.
#pragma once

#include <cstdint>
#include <vector>

#include "config/values/units.hpp"
#include "gateway/surface/body_walk.hpp"

namespace gateway {

struct PromptTexts {
  std::size_t count = 0;                         // of texts; each is answered by itself
  std::uint64_t bytes = 0;                       // decoded, of those that are given as text
  std::uint64_t tokens = 0;                      // of those that are given as tokens
  std::vector<providers::ByteRange> elements{};  // of a list of texts
};

// Adds to `texts`. No text at all, or none in a list, is refused.
bool read_texts(BodyWalk& walk, const Path& path, PromptTexts& texts);

// Rough: bytes by four.
config::Tokens estimated_tokens(const PromptTexts& texts);

}  // namespace gateway

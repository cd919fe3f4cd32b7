// How much a model is asked to think before it answers, as far as it decides how soon something shows.
// Values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace routing {

// The longer it may take, the later. Whoever says nothing gets what the model does by itself.
enum class Effort : std::uint8_t { off, low, unsaid, medium, high };
inline constexpr std::size_t effort_count = static_cast<std::size_t>(Effort::high) + 1;
inline constexpr std::array<std::string_view, effort_count> effort_names{"none", "low", "not said", "medium",
                                                                         "high"};

constexpr std::string_view to_text(Effort effort) {
  return effort_names[static_cast<std::size_t>(effort)];
}

// As the APIs say it; a word that is not known counts as not said.
constexpr Effort effort_of_word(std::string_view word) {
  if (word == "none") return Effort::off;
  if (word == "minimal" || word == "low") return Effort::low;
  if (word == "medium") return Effort::medium;
  return word == "high" || word == "xhigh" || word == "max" ? Effort::high : Effort::unsaid;
}

// As a number of tokens.
constexpr Effort effort_of_budget(std::int64_t tokens) {
  if (tokens <= 0) return Effort::off;
  return tokens <= 2'048 ? Effort::low : tokens <= 8'192 ? Effort::medium : Effort::high;
}

}  // namespace routing

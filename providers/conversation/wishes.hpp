// How an answer should be made: its form, how it is drawn, how much may be thought. Values of views. Numbers
// stay as the client spelled them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/conversation/text.hpp"

namespace providers {

struct OutputForm {
  enum class Kind { text, json_object, json_schema };

  Kind kind = Kind::text;
  Text name{};                // of the schema; empty: none
  Text description{};         // of what the schema is for; empty: none
  std::string_view schema{};  // JSON, an object
  bool is_strict = false;
  Text verbosity{};           // "low", "medium", "high"; empty: not said
  bool has_pictures = false;  // beside the text, if that is wanted, pictures
  bool has_text = true;

  bool is_usually_long() const { return verbosity.raw.empty() || verbosity.is("medium"); }
};

struct Sampling {
  std::optional<JsonNumber> temperature{};
  std::optional<JsonNumber> top_p{};
  std::optional<JsonNumber> top_k{};
  std::optional<JsonNumber> seed{};
  std::optional<JsonNumber> frequency_penalty{};
  std::optional<JsonNumber> presence_penalty{};
  std::vector<Text> stop{};
  std::int64_t choices = 1;
  std::optional<std::int64_t> logprobs{};  // of how many other tokens too
};

struct ThinkingWish {
  enum class Effort { unsaid, off, minimal, low, medium, high, xhigh, max };

  Effort effort = Effort::unsaid;
  std::optional<std::int64_t> budget{};  // tokens
  bool is_hidden = false;                // thought of, but not shown
  bool comes_back = false;               // the client keeps what is hidden, unread, and sends it back
  bool wants_summary = false;            // shown, as a summary, where the client's API tells that apart
  bool is_optional = false;              // the model may think; one that does not is as good

  bool is_on() const { return budget || (effort != Effort::unsaid && effort != Effort::off); }
};

// What is said to who runs the model, and not to the model, in the words that OpenAI's APIs share. Empty: not
// said.
struct Handling {
  Text cache_key{};                  // requests with the same are remembered at the same place
  Text cache_retention{};            // "24h"
  std::string_view cache_options{};  // JSON, an object
  Text safety_id{};                  // who asks, for who looks after misuse
  Text service_tier{};               // "flex"

  bool is_usual_tier() const {
    return service_tier.raw.empty() || service_tier.is("auto") || service_tier.is("default");
  }
};

// How much may be thought, as OpenAI's APIs say it.
inline constexpr std::array<std::pair<std::string_view, ThinkingWish::Effort>, 7> effort_words{
    {{"none", ThinkingWish::Effort::off},
     {"minimal", ThinkingWish::Effort::minimal},
     {"low", ThinkingWish::Effort::low},
     {"medium", ThinkingWish::Effort::medium},
     {"high", ThinkingWish::Effort::high},
     {"xhigh", ThinkingWish::Effort::xhigh},
     {"max", ThinkingWish::Effort::max}}};

// "medium" where it is not said.
constexpr std::string_view word_of(ThinkingWish::Effort effort) {
  for (const auto& [word, meaning] : effort_words) {
    if (meaning == effort) return word;
  }
  return "medium";
}

}  // namespace providers

// What a conversation may say that not every host can be told. What is said and cannot be carried is never
// lost in silence: a need leaves the host out, a hint is dropped and named to the client. Pure.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

#include "providers/conversation/conversation.hpp"

namespace providers {

enum class Matter {
  tools,
  forced_tool,          // any tool, or a named one, must be called
  strict_tools,         // arguments that follow the schema
  parallel_tool_calls,  // said to be unwanted
  image_data,
  image_url,
  image_detail,
  audio,
  pdf_data,
  pdf_url,
  other_file,  // of another type, or of one that is not said
  file_id,
  json_object,
  json_schema,
  temperature,
  top_p,
  top_k,
  seed,
  frequency_penalty,
  presence_penalty,
  stop,
  logprobs,
  choices,           // more than one
  thinking,          // wanted
  no_thinking,       // unwanted
  earlier_thinking,  // of earlier turns
  cache_marks,
  user,
  metadata,
  prefill,            // the last turn is the assistant's, to be gone on with
  assistant_first,    // the first turn is the assistant's
  optional_thinking,  // wanted of who can
  grammar,            // that a tool's text must follow
  verbosity,
  cache_key,
  cache_retention,
  cache_options,
  safety_identifier,
  service_tier,
  schema_description,
  pictures,        // wanted as the answer, or in it
  answered_media,  // what an earlier answer showed
  nothing_said,    // no text, no media, no call in any turn
};
inline constexpr std::size_t matter_count = static_cast<std::size_t>(Matter::nothing_said) + 1;

class Matters {
 public:
  bool has(Matter matter) const { return bits_[static_cast<std::size_t>(matter)]; }
  Matters& add(Matter matter) { return bits_.set(static_cast<std::size_t>(matter)), *this; }
  Matters& remove(Matter matter) { return bits_.reset(static_cast<std::size_t>(matter)), *this; }
  Matters without(const Matters& others) const { return Matters(bits_ & ~others.bits_); }
  bool none() const { return bits_.none(); }
  static Matters all() { return Matters(std::bitset<matter_count>().set()); }

  Matters() = default;
  friend bool operator==(const Matters&, const Matters&) = default;

 private:
  explicit Matters(std::bitset<matter_count> bits) : bits_(bits) {}
  std::bitset<matter_count> bits_;
};

// As the client's parameter is called at OpenAI and OpenRouter: "top_k", "response_format".
std::string_view name_of(Matter matter);
Weight weight_of(Matter matter);

Matters matters_of(const Conversation& conversation);

// What a client is told of a matter that single turns are: which of its messages it is, and what to do.
struct OfTurns {
  std::optional<std::size_t> place{};  // Turn::place
  std::string_view advice{};           // empty: it is no such matter
};
OfTurns of_turns(Matter matter, const Conversation& conversation);

// What only OpenAI's APIs have words for.
inline constexpr std::array openais_words{
    Matter::grammar,       Matter::verbosity,         Matter::cache_key,   Matter::cache_retention,
    Matter::cache_options, Matter::safety_identifier, Matter::service_tier};

}  // namespace providers

// Reads values of a client's body that a conversation is made of, as the APIs have them in common. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "gateway/surface/surface.hpp"
#include "providers/conversation/conversation.hpp"
#include "providers/conversation/tool_names.hpp"

namespace gateway {

// A string as it stands; null leaves `text` as it is.
bool read_text(BodyWalk& walk, const Path& path, providers::Text& text);
// An object as it stands in `body`; null leaves `json` as it is.
bool read_object(BodyWalk& walk, const Path& path, std::string_view body, std::string_view& json);
// A number as it is spelled; null leaves `value` as it is.
bool read_number(BodyWalk& walk, const Path& path, std::optional<providers::JsonNumber>& value);
// The value of a `cache_control`.
bool read_cache_control(BodyWalk& walk, const Path& path, std::optional<providers::CacheLife>& cache);
// The same, of which only that matters; of any type.
bool note_cache_marks(BodyWalk& walk, routing::CacheMarks& marks);

// What OpenAI's APIs say with the same members to who runs the model: caches, tiers, whose request it is. Who
// wants a prompt remembered and no answer (`prewarm`) does not want one made, and paid for, by a host that
// does not know the word.
bool is_handling(const providers::JsonString& key);
bool read_handling(BodyWalk& walk, const providers::JsonString& key, const Path& path, std::string_view body,
                   providers::Conversation& conversation);

// What no conversation has a place for. Bodies may say as much of it as they like, and nobody reads more than
// the first few: of more than that only a first need counts.
void add_beyond(providers::Conversation& conversation, std::string param, providers::Weight weight);
// What may be said of many parts alike is named once.
void add_hint(providers::Conversation& conversation, std::string_view param);

// Whether a tool is to be something, which other APIs have no word for.
bool read_hint(BodyWalk& walk, const Path& path, const providers::JsonString& key,
               providers::Conversation& conversation);
// Whether all that is said before everything else are texts, as hosts take it.
bool are_texts(const std::vector<providers::Part>& parts);

// Marks the calls whose arguments are no JSON object. Uses `tokens` for each: when the body has been read.
void check_arguments(providers::Conversation& conversation, providers::JsonTokens& tokens);

// The conversation that a Reader finds in `body`.
template <class Reader>
Conversed conversation_by(std::string_view body, providers::JsonTokens& tokens) {
  Conversed result{providers::Conversation()};
  if (auto fault = Reader(body, tokens, *result).read()) {
    result = *std::move(fault);
  } else {
    check_arguments(*result, tokens);
    give_everybodys_names(*result);
  }
  tokens.shrink();
  return result;
}

}  // namespace gateway

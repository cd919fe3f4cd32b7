// Reads values of a client's body that a conversation is made of, as the APIs have them in common. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/surface/body_walk.hpp"
#include "gateway/surface/surface.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// A string as it stands; null leaves `text` as it is.
bool read_text(BodyWalk& walk, const Path& path, providers::Text& text);
// An object as it stands in `body`; null leaves `json` as it is.
bool read_object(BodyWalk& walk, const Path& path, std::string_view body, std::string_view& json);
// A number as it is spelled; null leaves `value` as it is.
bool read_number(BodyWalk& walk, const Path& path, std::optional<providers::JsonNumber>& value);
// The value of a `cache_control`.
bool read_cache_control(BodyWalk& walk, const Path& path, std::optional<providers::CacheLife>& cache);

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
  }
  tokens.shrink();
  return result;
}

}  // namespace gateway

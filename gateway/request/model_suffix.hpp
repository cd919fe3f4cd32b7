// What OpenRouter's suffixes of a model's name ask for beside policies: `:free`, `:exacto`, `:online`.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/request/inference.hpp"

namespace gateway {

// Puts what the suffix asks for into the request's preferences, and empties it; leaves one that names a
// policy as it is. Else what the client is told.
std::optional<ErrorReply> take_suffix(InferenceRequest& request, const config::KeySettings* key,
                                      std::string_view& suffix);

// Whether a call may say it behind a model's name.
bool is_suffix(const Generation& generation, const config::KeySettings* key, std::string_view suffix);

}  // namespace gateway

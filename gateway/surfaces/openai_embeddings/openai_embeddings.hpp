// OpenAI's embeddings as clients speak it: POST /v1/embeddings, texts and a vector for each.
#pragma once

#include <array>
#include <string_view>

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openai_embeddings_surface();

// What Google's embeddings say beside, and OpenAI's have no word for.
inline constexpr std::array<std::string_view, 3> untold_of_google{"taskType", "title", "autoTruncate"};

// Of a call of Google's in OpenAI's words, in which they may stand: no host is sent them.
Inspected inspect_googles_embeddings(std::string_view body, providers::JsonTokens& tokens);

}  // namespace gateway

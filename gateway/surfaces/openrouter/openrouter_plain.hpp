// OpenAI's embeddings and its older completions as OpenRouter's clients speak them: with their errors, ids,
// and the cost of vectors.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openrouter_embeddings_surface();
const Surface& openrouter_completions_surface();
const Surface& openrouter_responses_surface();
const Surface& openrouter_messages_surface();

}  // namespace gateway

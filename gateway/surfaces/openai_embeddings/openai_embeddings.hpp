// OpenAI's embeddings as clients speak it: POST /v1/embeddings, texts and a vector for each.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openai_embeddings_surface();

}  // namespace gateway

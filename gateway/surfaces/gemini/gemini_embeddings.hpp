// Google's embedContent and batchEmbedContents as clients speak them, over hosts of OpenAI's embeddings: the
// call is put into those words before anything reads it, and the vectors back into Google's.
#pragma once

#include <string_view>

#include "gateway/surface/surface.hpp"

namespace gateway {

// `action`: of the call; one text, or a batch.
const Surface& gemini_embeddings_surface(std::string_view action);

}  // namespace gateway

// OpenAI's embeddings as a dialect: texts, and a vector for each.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& openai_embeddings_dialect();

}  // namespace providers

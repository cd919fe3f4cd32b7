// OpenAI's older completions as a dialect: a prompt, and what follows it.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& openai_completions_dialect();

}  // namespace providers

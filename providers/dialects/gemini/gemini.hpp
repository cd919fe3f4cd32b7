// Google's generateContent, as hosts speak it: the Gemini API and Vertex, which differ in path and
// credential.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& gemini_dialect();

}  // namespace providers

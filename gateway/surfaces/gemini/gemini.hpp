// Google's generateContent as clients speak it: the model stands in the path, and so does whether it streams.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& gemini_surface();

}  // namespace gateway

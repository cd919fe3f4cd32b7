// OpenAI's older completions as clients speak it: POST /v1/completions, a prompt and what follows it. Only a
// host that speaks it, too, can be asked: a chat model that is given a conversation would answer something
// else.
#pragma once

#include "gateway/surface/surface.hpp"

namespace gateway {

const Surface& openai_completions_surface();

}  // namespace gateway

// Whether what a host says of its tokens can be. What cannot is not learned from: one answer of a hundred
// million tokens, told by one host, would be what is expected of all hosts of the model for a hundred
// requests. Pure.
#pragma once

#include "routing/terms/outcome.hpp"

namespace routing {

// `prompt`: by our estimate. That it is so is left to be judged by those who check answers (routing/quality).
bool can_be(const Attempt& attempt, config::Tokens prompt);

}  // namespace routing

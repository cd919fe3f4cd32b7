// Anthropic's Messages, as hosts speak it: POST /messages. Also spoken at DeepSeek, MiniMax, Alibaba and
// other hosts beside OpenAI's.
#pragma once

#include "providers/dialect/dialect.hpp"

namespace providers {

const Dialect& anthropic_dialect();

}  // namespace providers

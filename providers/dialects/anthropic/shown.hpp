// What blocks, deltas and ends of Anthropic's messages show to whoever passes them on. Pure.
#pragma once

#include "providers/dialect/passed.hpp"
#include "providers/dialects/anthropic/event.hpp"

namespace providers {

void show_block(const AnthropicBlockSeen& block, PassedContent& content);
void show_delta(const AnthropicDelta& delta, PassedContent& content);
void show_end(const Text& stop_reason, PassedContent& content);

}  // namespace providers

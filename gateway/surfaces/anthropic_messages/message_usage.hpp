// Token counts as Anthropic's clients read them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "routing/terms/outcome.hpp"

namespace gateway {

// What a reply says of them, and what the end of a stream does: less, of the same.
enum class UsageOf { reply, end_of_stream };

// The value of `usage`, with `own_members`, like `,"cost":0.1`, at its end.
void append_message_usage(std::string& out, const routing::Usage& usage, UsageOf what,
                          std::string_view own_members = {});

}  // namespace gateway

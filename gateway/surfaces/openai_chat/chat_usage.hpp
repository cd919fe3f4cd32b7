// Token counts as OpenAI's clients read them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "routing/terms/outcome.hpp"

namespace gateway {

// The value of `usage`, with `own_members`, like `,"cost":0.1`, at its end.
void append_usage(std::string& out, const routing::Usage& usage, std::string_view own_members = {});

}  // namespace gateway

// Why an answer ended, in one of OpenRouter's words, whatever the host calls it. Pure.
#pragma once

#include <string_view>

namespace gateway {

// "stop", "length", "tool_calls", "content_filter" or "error". Of what nobody knows, "stop".
std::string_view finish_word(std::string_view native);

}  // namespace gateway

// Names and times of a LiteLLM proxy's configuration in our words. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway {

// The name that a model may have here.
std::string litellm_model_name(std::string_view text);

// More than none, and an hour at most; nothing of what is no such number.
std::optional<double> litellm_seconds(std::string_view text);

// "1500 ms", "30 s"; a tenth of a second at least.
std::string seconds_text(double seconds);

}  // namespace gateway

// Frames of Amazon's event stream, as its hosts write them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace providers {

// An event of a type, with JSON in it.
std::string simulated_frame(std::string_view type, std::string_view payload);

// Each server-sent event of `events` as a frame of its own, as Anthropic's are wrapped there.
std::string wrapped_in_frames(std::string_view events);

std::string simulated_base64(std::string_view bytes);

}  // namespace providers

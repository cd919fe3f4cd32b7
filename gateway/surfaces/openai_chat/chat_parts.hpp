// Reads what a chat message is made of: its content, and marks for caches. Pure.
#pragma once

#include <optional>
#include <vector>

#include "gateway/surface/body_walk.hpp"
#include "providers/conversation/conversation.hpp"

namespace gateway {

// A string as it stands; null leaves `text` as it is.
bool read_text(BodyWalk& walk, const Path& path, providers::Text& text);
// The `content` of a message: a string, an array of parts, or null.
bool read_content(BodyWalk& walk, const Path& path, providers::Conversation& conversation,
                  std::vector<providers::Part>& parts);
// The value of a `cache_control`.
bool read_cache_control(BodyWalk& walk, const Path& path, std::optional<providers::CacheLife>& cache);

}  // namespace gateway

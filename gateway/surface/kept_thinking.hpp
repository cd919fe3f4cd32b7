// Thinking of another API's host, with what it was signed by, in the one member that clients keep without
// reading it: the `encrypted_content` of a reasoning item, a block's `signature`. It is no secret, and
// whoever signed it finds it out if it was changed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/conversation/part.hpp"

namespace gateway {

// Raw, as it stands in JSON; so are the parts of `thinking`. What only the endpoint `owner` can read is
// marked for it: by Endpoint::name_hash; 0: it is not known.
std::string kept_thinking(const providers::ThinkingPart& thinking, std::uint64_t owner);

bool is_kept_thinking(const providers::Text& encrypted);
// Views into `encrypted`, marks included; nothing where it is none of ours.
std::optional<providers::ThinkingPart> thinking_kept_in(const providers::Text& encrypted);

}  // namespace gateway

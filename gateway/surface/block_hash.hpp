// A fast hash for telling prompts apart (XXH3, of libxxhash). Not for anything that an enemy may choose
// against us. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "providers/json/json_text.hpp"

namespace gateway {

std::uint64_t block_hash(std::string_view bytes, std::uint64_t seed = 0);

inline constexpr std::size_t most_prefix_blocks = 1'024;

// For cache affinity, one for each message, at most the last ones: the hash of it, of all before it and of
// the tools, which hosts put in front of them.
std::vector<std::uint64_t> prefix_blocks(std::string_view body,
                                         std::span<const providers::ByteRange> messages,
                                         providers::ByteRange tools);

}  // namespace gateway

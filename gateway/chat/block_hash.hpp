// A fast hash for telling prompts apart (XXH3, of libxxhash). Not for anything that an enemy may choose
// against us. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace gateway {

std::uint64_t block_hash(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace gateway

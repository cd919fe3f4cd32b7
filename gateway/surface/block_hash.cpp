#include "gateway/surface/block_hash.hpp"

#include <algorithm>

#include <xxhash.h>

namespace gateway {

std::uint64_t block_hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::vector<std::uint64_t> prefix_blocks(std::string_view body,
                                         std::span<const providers::ByteRange> messages,
                                         providers::ByteRange tools) {
  const std::size_t count = messages.size();
  const std::size_t skipped = count - std::min(count, most_prefix_blocks);
  std::vector<std::uint64_t> blocks;
  blocks.reserve(count - skipped);
  std::uint64_t hash = block_hash(tools.of(body));
  for (std::size_t i = 0; i < count; ++i) {
    hash = block_hash(messages[i].of(body), hash);
    if (i >= skipped) blocks.push_back(hash);
  }
  return blocks;
}

}  // namespace gateway

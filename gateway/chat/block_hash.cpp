#include "gateway/chat/block_hash.hpp"

#include <xxhash.h>

namespace gateway {

std::uint64_t block_hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace gateway

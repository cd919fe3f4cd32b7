#include "gateway/record_file/compression.hpp"

#include <new>

namespace gateway {
namespace {

constexpr char packed_mark = '\0';

}  // namespace

Compressor::Compressor(Of of) : context_(ZSTD_createCCtx(), ZSTD_freeCCtx) {
  if (!context_) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, static_cast<int>(of));
  ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

std::string_view Compressor::packed(std::string_view bytes) {
  packed_.resize(1 + ZSTD_compressBound(bytes.size()));
  packed_[0] = packed_mark;
  const std::size_t size = ZSTD_compress2(context_.get(), packed_.data() + 1, packed_.size() - 1,  //
                                          bytes.data(), bytes.size());
  if (ZSTD_isError(size)) throw std::bad_alloc();  // of all that it can say, the room being enough
  return std::string_view(packed_).substr(0, 1 + size);
}

std::optional<std::string_view> unpacked(std::string_view stored, std::string& room) {
  if (!stored.starts_with(packed_mark)) return stored;
  stored.remove_prefix(1);
  const unsigned long long size = ZSTD_getFrameContentSize(stored.data(), stored.size());
  if (size > most_packed) return std::nullopt;  // as are the values that say "unknown" and "none"
  room.resize(size);
  const std::size_t written = ZSTD_decompress(room.data(), room.size(), stored.data(), stored.size());
  if (written != size) return std::nullopt;
  return room;
}

}  // namespace gateway

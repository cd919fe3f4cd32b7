// Bytes as rows of a file keep them: compressed by zstd with a check, behind a mark, so that what older
// versions wrote as it is can be told apart. Belongs to one thread.
#pragma once

#include <zstd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

class Compressor {
 public:
  // How much is given for speed. records: a third is left, at some 700 MB/s; zstd's level -1 leaves as much
  // and takes a seventh longer, its level 1 leaves 6 % less and takes half as long again. entries: a fifth,
  // at 900 MB/s; level -7 takes half as long, and leaves 5 % more of entries that are alike, twice as much of
  // others.
  enum class Of { records = -2, entries = -1 };
  explicit Compressor(Of of);
  // `bytes` must be no more than `most_packed`. Good until the next call.
  std::string_view packed(std::string_view bytes);

 private:
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context_;
  std::string packed_;
};

// More than any row holds; what claims to be larger is damaged.
inline constexpr std::size_t most_packed = 64u << 20;

// The bytes again, of a row that is packed or not: in `room`, or in `stored` itself. Nothing where it is
// damaged. An unpacked row must not begin with a zero byte.
std::optional<std::string_view> unpacked(std::string_view stored, std::string& room);

}  // namespace gateway

#include "gateway/http/content_coding.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "config/values/reserve_ahead.hpp"
#include "providers/http/http_fields.hpp"

namespace gateway {

Refusal no_room_for_body() {
  return {503, "no_room_for_body", "The gateway has no memory for another large request at the moment."};
}
namespace {

constexpr std::size_t step = 64 * 1024;
// 8 MiB, which every decoder of HTTP must have and no encoder may go beyond (RFC 9659).
constexpr int most_window_log = 23;

Refusal too_large(std::size_t most) {
  return {413, "body_too_large",
          "body: unpacked it is over " + std::to_string(most) + " bytes; allowed are so many at most"};
}

Refusal broken(std::string_view coding, std::string_view why) {
  return {400, "bad_encoding",
          "body: it is no whole " + std::string(coding) + ", as Content-Encoding says: " + std::string(why)};
}

// The result, with room for the next piece behind it.
class Unpacked {
 public:
  Unpacked(std::size_t most, const Grow& grow) : most_(most), grow_(grow) {}

  // One byte more than may come, so that it is seen when more comes.
  std::optional<Refusal> make_room() {
    if (filled_ > most_) return too_large(most_);
    const std::size_t size = std::min(most_ + 1, filled_ + std::max(step, filled_ / 8));
    if (!grow_(size)) return no_room_for_body();
    config::reserve_ahead(text_, size, most_ + 1);
    text_.resize(size);
    return std::nullopt;
  }
  char* free() { return text_.data() + filled_; }
  std::size_t room() const { return text_.size() - filled_; }
  void fill(std::size_t bytes) { filled_ += bytes; }
  std::variant<std::string, Refusal> take() {
    if (filled_ > most_) return too_large(most_);
    text_.resize(filled_);
    return std::move(text_);
  }

 private:
  const std::size_t most_;
  const Grow& grow_;
  std::string text_;
  std::size_t filled_ = 0;
};

std::variant<std::string, Refusal> from_gzip(std::string_view body, Unpacked& out) {
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) return no_room_for_body();
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  for (;;) {
    if (out.room() == 0) {
      if (auto refusal = out.make_room()) return *std::move(refusal);
    }
    const auto room = static_cast<uInt>(out.room());
    stream.next_out = reinterpret_cast<Bytef*>(out.free());
    stream.avail_out = room;
    const int said = inflate(&stream, Z_NO_FLUSH);
    out.fill(room - stream.avail_out);
    if (said == Z_STREAM_END) {
      if (stream.avail_in == 0) return out.take();
      // A file of several members is one text.
      if (inflateReset(&stream) != Z_OK) return broken("gzip", "it is damaged");
      continue;
    }
    if (said == Z_MEM_ERROR) return no_room_for_body();
    if (said != Z_OK && said != Z_BUF_ERROR) return broken("gzip", "it is damaged");
    if (stream.avail_in == 0 && stream.avail_out > 0) return broken("gzip", "it is cut off");
  }
}

std::variant<std::string, Refusal> from_zstd(std::string_view body, Unpacked& out) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return no_room_for_body();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, most_window_log);
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  for (;;) {
    if (out.room() == 0) {
      if (auto refusal = out.make_room()) return *std::move(refusal);
    }
    ZSTD_outBuffer piece{out.free(), out.room(), 0};
    const std::size_t rest = ZSTD_decompressStream(context.get(), &piece, &in);
    if (ZSTD_isError(rest)) return broken("zstd", "it is damaged, or its window is over 8 MiB");
    out.fill(piece.pos);
    if (in.pos < in.size) continue;
    if (rest == 0) return out.take();
    if (out.room() > 0) return broken("zstd", "it is cut off");
  }
}

}  // namespace

std::optional<ContentCoding> content_coding_of(std::string_view value) {
  using providers::same_name;
  if (value.empty() || same_name(value, "identity")) return ContentCoding::identity;
  if (same_name(value, "gzip") || same_name(value, "x-gzip")) return ContentCoding::gzip;
  return same_name(value, "zstd") ? std::optional(ContentCoding::zstd) : std::nullopt;
}

std::variant<std::string, Refusal> unpacked(ContentCoding coding, std::string_view body, std::size_t most,
                                            const Grow& grow) {
  Unpacked out(most, grow);
  if (coding == ContentCoding::gzip) return from_gzip(body, out);
  if (coding == ContentCoding::zstd) return from_zstd(body, out);
  return std::string(body);
}

}  // namespace gateway

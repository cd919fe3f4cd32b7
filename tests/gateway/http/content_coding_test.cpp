#include "gateway/http/content_coding.hpp"

#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "config/values/reserve_ahead.hpp"

using namespace gateway;

namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(text.size() / 2 + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_packed(const std::string& text, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window_log > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  // As a stream, whose size its head does not tell.
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue);
  while (ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) != 0) {
  }
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

struct Result {
  std::string text;
  int status = 200;
  std::size_t most_taken = 0;
};
Result result(ContentCoding coding, std::string_view body, std::size_t most = 1 << 20,
              std::size_t room = std::size_t(-1)) {
  Result result;
  auto got = unpacked(coding, body, most, [&](std::size_t bytes) {
    if (bytes > room) return false;
    result.most_taken = std::max(result.most_taken, bytes);
    return true;
  });
  if (auto* refusal = std::get_if<Refusal>(&got)) {
    result.status = refusal->status;
  } else {
    result.text = std::get<std::string>(got);
  }
  return result;
}

struct Packed {
  ContentCoding coding;
  std::string (*pack)(const std::string&);
};
const std::vector<Packed> both{
    {ContentCoding::gzip, gzipped},
    {ContentCoding::zstd, [](const std::string& text) { return zstd_packed(text); }}};

}  // namespace

TEST_CASE("a packed body is what it stands for, whatever its size") {
  for (const Packed& packed : both) {
    for (const std::size_t size : {0u, 1u, 1000u, 65535u, 65536u, 65537u, 131072u, 200'000u, 1u << 20}) {
      CAPTURE(size);
      std::string text;
      for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919);
      text.resize(size);
      CHECK(result(packed.coding, packed.pack(text)).text == text);
      // Several packed one behind the other are one text.
      if (size < 500'000) {
        CHECK(result(packed.coding, packed.pack(text) + packed.pack("!")).text == text + "!");
      }
    }
  }
}

TEST_CASE("what unpacks to more than may come is refused before it takes more memory than that") {
  const std::string zeros(50u << 20, '0');
  for (const Packed& packed : both) {
    const std::string bomb = packed.pack(zeros);
    CHECK(bomb.size() < 200'000);
    const Result refused = result(packed.coding, bomb, 1 << 20);
    CHECK(refused.status == 413);
    CHECK(refused.most_taken <= (1u << 20) + 1);
    CHECK(result(packed.coding, packed.pack(std::string(1 << 20, '0')), 1 << 20).text.size() == 1u << 20);
    CHECK(result(packed.coding, bomb, 100u << 20, 1u << 20).status == 503);
  }
}

TEST_CASE("what is damaged, cut off or needs a large window is told") {
  const std::string text(10'000, 'x');
  for (const Packed& packed : both) {
    const std::string good = packed.pack(text);
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
      CAPTURE(cut);
      CHECK(result(packed.coding, std::string_view(good).substr(0, cut)).status == 400);
    }
    CHECK(result(packed.coding, "plain text").status == 400);
    CHECK(result(packed.coding, good + "tail").status == 400);
  }
  CHECK(result(ContentCoding::zstd, zstd_packed(text, 24)).status == 400);
}

TEST_CASE("codings are known by their names alone") {
  CHECK(content_coding_of("") == ContentCoding::identity);
  CHECK(content_coding_of("Identity") == ContentCoding::identity);
  CHECK(content_coding_of("GZIP") == ContentCoding::gzip);
  CHECK(content_coding_of("x-gzip") == ContentCoding::gzip);
  CHECK(content_coding_of("zstd") == ContentCoding::zstd);
  for (const std::string_view other : {"br", "deflate", "gzip, zstd", "gzip,gzip", " gzip"}) {
    CHECK_FALSE(content_coding_of(other));
  }
}

TEST_CASE("a body that grows is not moved, and takes no memory twice, while it is no larger than most") {
  std::string body;
  constexpr std::size_t piece = 10'000, most = 64u << 20;
  int moves = 0;
  while (body.size() < (12u << 20)) {
    const char* const before = body.data();
    config::reserve_ahead(body, body.size() + piece, most);
    body.append(piece, 'x');
    if (body.data() != before && body.size() > (256u << 10)) ++moves;
  }
  CHECK(moves == 0);
  CHECK(body.capacity() <= 16u << 20);
  std::string small;
  config::reserve_ahead(small, 1'000, most);
  CHECK(small.capacity() < 1'000);
  config::reserve_ahead(small, 200'000, 210'000);
  CHECK(small.capacity() == 210'000);
}

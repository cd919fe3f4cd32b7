// What a journal is in its file: a header, a place for each request under way, and a ring of entries, each in
// a frame. Only for journal*.cpp.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "gateway/ledger/journal.hpp"

namespace gateway {

inline constexpr std::uint64_t journal_magic = 0x326c6e726a6f7369;  // "isojrnl2"
// Left by an older gateway: its checks are CRC-32.
inline constexpr std::uint64_t old_journal_magic = 0x316c6e726a6f7369;
inline constexpr std::size_t journal_header_size = 4096;

struct JournalHeader {
  std::uint64_t magic = 0;
  std::uint64_t epoch = 0;
  std::uint64_t ring = 0;
  std::uint64_t places = 0;
  alignas(64) std::atomic<std::uint64_t> head{0};  // bytes ever written
  alignas(64) std::atomic<std::uint64_t> tail{0};  // bytes the ledger has on disk
  // Likewise, where the room before it is not given back yet, since it is being wiped.
  std::atomic<std::uint64_t> wiped{0};

  std::uint64_t first_kept() const { return std::max(tail.load(), wiped.load()); }
};

struct JournalPlace {
  enum State : std::uint32_t { unused, held, gone_out };
  std::atomic<std::uint32_t> state{unused};
  std::uint32_t size = 0;
  std::atomic<std::int64_t> nanos{0};  // what is set aside
  char note[Journal::most_note];
  std::atomic<std::int64_t> tokens{0};  // 0 in those of an older gateway, too
  char rest[8];
};

static_assert(sizeof(JournalHeader) <= journal_header_size);
static_assert(sizeof(JournalPlace) == 512);

// What stands before the ring.
inline constexpr std::size_t before_ring = journal_header_size + Journal::most_open * sizeof(JournalPlace);

// In front of each entry in the ring; a size of 0 says that the ring goes on at its begin.
struct JournalFrame {
  std::uint32_t size = 0;
  std::uint32_t check = 0;
  std::uint64_t number = 0;
};

constexpr std::size_t framed(std::size_t size) {
  return (sizeof(JournalFrame) + size + 7) / 8 * 8;
}

inline std::uint32_t check_of(std::string_view bytes, std::uint64_t number) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), number));
}

// The frames between two places of a ring, as far as they are whole, which `is_good(frame, bytes)` says.
template <class IsGood, class Take>
std::uint64_t walk_journal(const char* ring, std::size_t size, std::uint64_t from, std::uint64_t to,
                           bool& is_damaged, IsGood is_good, Take take) {
  while (from < to) {
    const std::size_t offset = from % size, to_end = size - offset;
    JournalFrame frame;
    if (to_end >= sizeof frame) std::memcpy(&frame, ring + offset, sizeof frame);
    if (frame.size == 0) {
      from += to_end;
      continue;
    }
    const bool is_within = framed(frame.size) <= to_end && from + framed(frame.size) <= to;
    const std::string_view bytes(ring + offset + sizeof frame, is_within ? frame.size : 0);
    if (!is_within || !is_good(frame, bytes)) return is_damaged = true, from;
    if (!take(frame.number, bytes)) return from;
    from += framed(frame.size);
  }
  return from;
}

}  // namespace gateway

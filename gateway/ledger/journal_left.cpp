#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "gateway/ledger/journal.hpp"
#include "gateway/ledger/journal_format.hpp"

namespace gateway {
namespace {

std::uint32_t old_check_of(std::string_view bytes, std::uint64_t number) {
  const uLong seed = crc32(0, reinterpret_cast<const Bytef*>(&number), sizeof number);
  return static_cast<std::uint32_t>(
      crc32(seed, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

Journal::Left::Open open_in(const JournalPlace& place, std::uint32_t state) {
  const std::size_t length = std::min<std::size_t>(place.size, Journal::most_note);
  return {.note = std::string(place.note, length),
          .nanos = place.nanos,
          .tokens = place.tokens,
          .was_sent = state == JournalPlace::gone_out};
}

}  // namespace

// Another process writes meanwhile: what is read twice alike, in one state, is whole.
std::vector<Journal::Left::Open> Journal::open_ones() const {
  constexpr int most_tries = 4;
  std::vector<Left::Open> all;
  for (std::uint32_t at = 0; at < most_open; ++at) {
    const JournalPlace& each = place(at);
    if (each.state.load(std::memory_order_acquire) == JournalPlace::unused) continue;
    const auto copy = [&each]() -> std::optional<Left::Open> {
      const std::uint32_t state = each.state.load(std::memory_order_acquire);
      if (state == JournalPlace::unused) return std::nullopt;
      Left::Open open = open_in(each, state);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (each.state.load(std::memory_order_acquire) != state) return std::nullopt;
      return open;
    };
    std::optional<Left::Open> open = copy();
    for (int tried = 0; tried < most_tries; ++tried) {
      std::optional<Left::Open> again = copy();
      if (open && open == again) {
        all.push_back(*std::move(open));
        break;
      }
      open = std::move(again);
    }
  }
  return all;
}

bool Journal::is_newer(const std::string& path) {
  constexpr std::uint64_t name = (std::uint64_t{1} << 56) - 1;  // all but its last letter, the version
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  std::uint64_t magic = 0;
  const bool is_read = ::pread(file, &magic, sizeof magic, 0) == sizeof magic;
  ::close(file);
  return is_read && (magic & name) == (journal_magic & name) && magic > journal_magic;
}

bool Journal::read_left(const std::string& path, Left& left) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  struct stat facts {};
  const bool is_there = ::fstat(file, &facts) == 0;
  const auto size = is_there ? static_cast<std::size_t>(facts.st_size) : 0;
  void* map = size > before_ring ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  ::close(file);
  if (map == MAP_FAILED) return false;
  const char* bytes = static_cast<const char*>(map);
  const JournalHeader& all = *reinterpret_cast<const JournalHeader*>(bytes);
  const bool is_old = all.magic == old_journal_magic;
  const bool is_ours = (is_old || all.magic == journal_magic) && all.places == most_open && all.ring > 0 &&
                       all.ring == size - before_ring && all.head >= all.first_kept() &&
                       all.head - all.tail <= all.ring;
  if (is_ours) {
    left.epoch = all.epoch;
    const auto is_good = [is_old](const JournalFrame& frame, std::string_view entry) {
      return frame.check == (is_old ? old_check_of : check_of)(entry, frame.number);
    };
    walk_journal(bytes + before_ring, all.ring, all.first_kept(), all.head, left.is_damaged, is_good,
                 [&](std::uint64_t number, std::string_view entry) {
                   left.entries.emplace_back(number, std::string(entry));
                   return true;
                 });
    const auto* places = reinterpret_cast<const JournalPlace*>(bytes + journal_header_size);
    for (std::size_t i = 0; i < most_open; ++i) {
      const JournalPlace& each = places[i];
      const std::uint32_t state = each.state.load(std::memory_order_acquire);
      if (state == JournalPlace::unused) continue;
      left.open.push_back(open_in(each, state));
    }
  }
  ::munmap(map, size);
  return is_ours;
}

}  // namespace gateway

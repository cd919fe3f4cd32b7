#include "gateway/ledger/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>

namespace gateway {
namespace {

constexpr std::uint64_t magic = 0x326c6e726a6f7369;      // "isojrnl2"
constexpr std::uint64_t old_magic = 0x316c6e726a6f7369;  // whose checks are CRC-32, left by an older gateway
constexpr std::size_t header_size = 4096;

// In front of each entry in the ring; a size of 0 says that the ring goes on at its begin.
struct Frame {
  std::uint32_t size = 0;
  std::uint32_t check = 0;
  std::uint64_t number = 0;
};

constexpr std::size_t framed(std::size_t size) {
  return (sizeof(Frame) + size + 7) / 8 * 8;
}

std::uint32_t check_of(std::string_view bytes, std::uint64_t number) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), number));
}

std::uint32_t old_check_of(std::string_view bytes, std::uint64_t number) {
  const uLong seed = crc32(0, reinterpret_cast<const Bytef*>(&number), sizeof number);
  return static_cast<std::uint32_t>(
      crc32(seed, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace

struct Journal::Header {
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

struct Journal::Place {
  enum State : std::uint32_t { unused, held, gone_out };
  std::atomic<std::uint32_t> state{unused};
  std::uint32_t size = 0;
  std::atomic<std::int64_t> nanos{0};  // what is set aside
  char note[most_note];
  std::atomic<std::int64_t> tokens{0};  // 0 in those of an older gateway, too
  char rest[8];
};

Journal::Journal(int file, char* map, std::size_t size, std::size_t ring)
    : file_(file), map_(map), size_(size), ring_size_(ring) {
  static_assert(sizeof(Place) == 512);
  static_assert(sizeof(Header) <= header_size);
  free_.reserve(most_open);
  for (std::size_t i = most_open; i > 0; --i) free_.push_back(static_cast<std::uint32_t>(i - 1));
}

Journal::~Journal() {
  ::munmap(map_, size_);
  ::close(file_);
}

Journal::Header& Journal::header() const {
  return *reinterpret_cast<Header*>(map_);
}
Journal::Place& Journal::place(std::uint32_t at) const {
  return reinterpret_cast<Place*>(map_ + header_size)[at];
}
char* Journal::ring() const {
  return map_ + header_size + most_open * sizeof(Place);
}
std::uint64_t Journal::epoch() const {
  return header().epoch;
}

std::unique_ptr<Journal> Journal::make(const std::string& path, std::size_t size, std::uint64_t epoch,
                                       std::string& why) {
  const std::size_t ring = size / 8 * 8;
  const std::size_t all = header_size + most_open * sizeof(Place) + ring;
  const auto fail = [&](int error) {
    why = "cannot make " + path + ": " + std::strerror(error);
    return nullptr;
  };
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fail(errno);
  // For as long as the process is there, however it ends.
  (void)::flock(file, LOCK_EX | LOCK_NB);
  // All of it now: a page that finds no room later would end the process.
  const int error = ::posix_fallocate(file, 0, static_cast<off_t>(all));
  void* map = error == 0 ? ::mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  if (map == MAP_FAILED) {
    const int cause = error != 0 ? error : errno;
    ::close(file);
    ::unlink(path.c_str());
    return fail(cause);
  }
  std::unique_ptr<Journal> journal(new Journal(file, static_cast<char*>(map), all, ring));
  Header& header = *new (map) Header;
  header.epoch = epoch;
  header.ring = ring;
  header.places = most_open;
  header.magic = magic;
  ::fsync(file);
  return journal;
}

std::unique_ptr<Journal> Journal::follow(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return nullptr;
  struct stat facts {};
  const auto size = ::fstat(file, &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
  const std::size_t before_ring = header_size + most_open * sizeof(Place);
  void* map =
      size > before_ring ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  if (map == MAP_FAILED) {
    ::close(file);
    return nullptr;
  }
  std::unique_ptr<Journal> journal(new Journal(file, static_cast<char*>(map), size, size - before_ring));
  journal->is_followed_ = true;
  const Header& all = journal->header();
  const bool is_ours = all.magic == magic && all.places == most_open && all.ring == size - before_ring;
  return is_ours ? std::move(journal) : nullptr;
}

bool Journal::is_held(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  const bool is_held = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return is_held;
}

std::uint64_t Journal::room() const {
  const Header& at = header();
  return ring_size_ - (at.head.load(std::memory_order_relaxed) - at.tail.load(std::memory_order_acquire));
}

// For each that is under way a kibibyte, several times what most entries need, for one of the longest and for
// one wrap of the ring: of many at once some are refused some way before a lone one is.
bool Journal::has_room() const {
  constexpr std::uint64_t usual_entry = 1 << 10;
  return !free_.empty() && room() > (open_count() + 1) * usual_entry + 2 * most_entry;
}

std::uint32_t Journal::open(std::string_view note, std::int64_t nanos, std::int64_t tokens) {
  if (free_.empty()) return nowhere;
  const std::uint32_t at = free_.back();
  free_.pop_back();
  open_.store(open_count(), std::memory_order_relaxed);
  Place& here = place(at);
  note = note.substr(0, most_note);
  here.size = static_cast<std::uint32_t>(note.size());
  here.nanos.store(nanos, std::memory_order_relaxed);
  here.tokens.store(tokens, std::memory_order_relaxed);
  std::memcpy(here.note, note.data(), note.size());
  here.state.store(Place::held, std::memory_order_release);
  return at;
}

void Journal::set_nanos(std::uint32_t at, std::int64_t nanos) {
  if (at != nowhere) place(at).nanos.store(nanos, std::memory_order_relaxed);
}

void Journal::sent(std::uint32_t at) {
  if (at != nowhere) place(at).state.store(Place::gone_out, std::memory_order_release);
}

bool Journal::close(std::uint32_t at, std::string_view entry) {
  Header& all = header();
  const std::size_t needed = framed(entry.size());
  std::uint64_t head = all.head.load(std::memory_order_relaxed);
  std::size_t offset = head % ring_size_;
  const std::size_t to_end = ring_size_ - offset;
  const std::size_t skipped = needed > to_end ? to_end : 0;
  const bool fits = entry.size() <= most_entry && needed + skipped <= room();
  if (fits) {
    if (skipped > 0) {
      if (skipped >= sizeof(Frame)) {
        const Frame wrap{.size = 0, .check = 0, .number = number_};
        std::memcpy(ring() + offset, &wrap, sizeof wrap);
      }
      head += skipped;
      offset = 0;
    }
    const Frame frame{.size = static_cast<std::uint32_t>(entry.size()),
                      .check = check_of(entry, number_ + 1),
                      .number = number_ + 1};
    ++number_;
    std::memcpy(ring() + offset + sizeof frame, entry.data(), entry.size());
    std::memcpy(ring() + offset, &frame, sizeof frame);
    all.head.store(head + needed, std::memory_order_release);
  }
  if (at != nowhere) {
    place(at).state.store(Place::unused, std::memory_order_release);
    std::atomic_thread_fence(std::memory_order_release);  // who follows does not take an empty note for one
    std::memset(place(at).note, 0, place(at).size);
    free_.push_back(at);
    open_.store(open_count(), std::memory_order_relaxed);
  }
  return fits;
}

namespace {

// The frames between two places of a ring, as far as they are whole, which `is_good(frame, bytes)` says.
template <class IsGood, class Take>
std::uint64_t walk(const char* ring, std::size_t size, std::uint64_t from, std::uint64_t to, bool& is_damaged,
                   IsGood is_good, Take take) {
  while (from < to) {
    const std::size_t offset = from % size, to_end = size - offset;
    Frame frame;
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

}  // namespace

std::size_t Journal::read(std::size_t most,
                          const std::function<void(std::uint64_t, std::string_view)>& take) {
  Header& all = header();
  std::size_t count = 0;
  bool is_damaged = false;
  read_to_ = std::max(read_to_, all.first_kept());
  // What this very process has put there is whole.
  const auto is_good = [this](const Frame& frame, std::string_view entry) {
    return !is_followed_ || frame.check == check_of(entry, frame.number);
  };
  read_to_ = walk(ring(), ring_size_, read_to_, all.head.load(std::memory_order_acquire), is_damaged, is_good,
                  [&](std::uint64_t number, std::string_view bytes) {
                    if (count == most) return false;
                    take(number, bytes);
                    ++count;
                    return true;
                  });
  return count;
}

// Whose names stand in it may have been forgotten before the room is written to again. A kill in between
// leaves no frame that cannot be read before those that are kept.
void Journal::release() {
  if (read_to_ == 0) return;
  Header& all = header();
  all.wiped.store(read_to_, std::memory_order_release);
  for (std::uint64_t from = all.tail.load(std::memory_order_relaxed); from < read_to_;) {
    const std::size_t offset = from % ring_size_;
    const auto size = std::min<std::uint64_t>(read_to_ - from, ring_size_ - offset);
    std::memset(ring() + offset, 0, size);
    from += size;
  }
  all.tail.store(read_to_, std::memory_order_release);
}

void Journal::unread() {
  read_to_ = header().tail.load(std::memory_order_relaxed);
}

bool Journal::has_unread() const {
  return header().head.load(std::memory_order_acquire) >
         std::max(read_to_, header().tail.load(std::memory_order_relaxed));
}

Journal::Use Journal::use() const {
  const Header& all = header();
  const std::uint64_t tail = all.tail.load(std::memory_order_acquire);
  const std::uint64_t waiting = std::max(all.head.load(std::memory_order_acquire), tail) - tail;
  const double of_entries = static_cast<double>(waiting) / static_cast<double>(ring_size_);
  const double of_places =
      static_cast<double>(open_.load(std::memory_order_relaxed)) / static_cast<double>(most_open);
  return {.waiting = static_cast<std::size_t>(waiting), .share = std::max(of_entries, of_places)};
}

void Journal::sync() {
  ::fdatasync(file_);
}

// Another process writes meanwhile: what is read twice alike, in one state, is whole.
std::vector<Journal::Left::Open> Journal::open_ones() const {
  constexpr int most_tries = 4;
  std::vector<Left::Open> all;
  for (std::uint32_t at = 0; at < most_open; ++at) {
    const Place& each = place(at);
    if (each.state.load(std::memory_order_acquire) == Place::unused) continue;
    const auto copy = [&each]() -> std::optional<Left::Open> {
      const std::uint32_t state = each.state.load(std::memory_order_acquire);
      if (state == Place::unused) return std::nullopt;
      const std::size_t length = std::min<std::size_t>(each.size, most_note);
      Left::Open open{.note = std::string(each.note, length),
                      .nanos = each.nanos,
                      .tokens = each.tokens,
                      .was_sent = state == Place::gone_out};
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

bool Journal::read_left(const std::string& path, Left& left) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  struct stat facts {};
  const bool is_there = ::fstat(file, &facts) == 0;
  const auto size = is_there ? static_cast<std::size_t>(facts.st_size) : 0;
  const std::size_t before_ring = header_size + most_open * sizeof(Place);
  void* map = size > before_ring ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  ::close(file);
  if (map == MAP_FAILED) return false;
  const char* bytes = static_cast<const char*>(map);
  const Header& all = *reinterpret_cast<const Header*>(bytes);
  const bool is_old = all.magic == old_magic;
  const bool is_ours = (is_old || all.magic == magic) && all.places == most_open && all.ring > 0 &&
                       all.ring == size - before_ring && all.head >= all.first_kept() &&
                       all.head - all.tail <= all.ring;
  if (is_ours) {
    left.epoch = all.epoch;
    const auto is_good = [is_old](const Frame& frame, std::string_view entry) {
      return frame.check == (is_old ? old_check_of : check_of)(entry, frame.number);
    };
    walk(bytes + before_ring, all.ring, all.first_kept(), all.head, left.is_damaged, is_good,
         [&](std::uint64_t number, std::string_view entry) {
           left.entries.emplace_back(number, std::string(entry));
           return true;
         });
    const auto* places = reinterpret_cast<const Place*>(bytes + header_size);
    for (std::size_t i = 0; i < most_open; ++i) {
      const Place& each = places[i];
      const std::uint32_t state = each.state.load(std::memory_order_acquire);
      if (state == Place::unused) continue;
      const std::size_t length = std::min<std::size_t>(each.size, most_note);
      left.open.push_back({.note = std::string(each.note, length),
                           .nanos = each.nanos,
                           .tokens = each.tokens,
                           .was_sent = state == Place::gone_out});
    }
  }
  ::munmap(map, size);
  return is_ours;
}

}  // namespace gateway

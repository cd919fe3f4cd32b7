#include "gateway/ledger/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/ledger/journal_format.hpp"
#include "gateway/state/kept_file.hpp"

namespace gateway {
Journal::Journal(int file, char* map, std::size_t size, std::size_t ring)
    : file_(file), map_(map), size_(size), ring_size_(ring) {
  free_.reserve(most_open);
  for (std::size_t i = most_open; i > 0; --i) free_.push_back(static_cast<std::uint32_t>(i - 1));
}

Journal::~Journal() {
  ::munmap(map_, size_);
  ::close(file_);
}

JournalHeader& Journal::header() const {
  return *reinterpret_cast<JournalHeader*>(map_);
}
JournalPlace& Journal::place(std::uint32_t at) const {
  return reinterpret_cast<JournalPlace*>(map_ + journal_header_size)[at];
}
char* Journal::ring() const {
  return map_ + before_ring;
}
std::uint64_t Journal::epoch() const {
  return header().epoch;
}

std::unique_ptr<Journal> Journal::make(const std::string& path, std::size_t size, std::uint64_t epoch,
                                       std::string& why) {
  const std::size_t ring = size / 8 * 8;
  const std::size_t all = before_ring + ring;
  const auto fail = [&](int error) {
    why = "cannot make " + path + ": " + std::strerror(error);
    return nullptr;
  };
  const int file = open_kept(path, O_RDWR | O_TRUNC | O_NOFOLLOW);
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
  JournalHeader& header = *new (map) JournalHeader;
  header.epoch = epoch;
  header.ring = ring;
  header.places = most_open;
  header.magic = journal_magic;
  ::fsync(file);
  return journal;
}

std::unique_ptr<Journal> Journal::follow(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return nullptr;
  struct stat facts {};
  const auto size = ::fstat(file, &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
  void* map =
      size > before_ring ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  if (map == MAP_FAILED) {
    ::close(file);
    return nullptr;
  }
  std::unique_ptr<Journal> journal(new Journal(file, static_cast<char*>(map), size, size - before_ring));
  journal->is_followed_ = true;
  const JournalHeader& all = journal->header();
  const bool is_ours =
      all.magic == journal_magic && all.places == most_open && all.ring == size - before_ring;
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
  const JournalHeader& at = header();
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
  JournalPlace& here = place(at);
  note = note.substr(0, most_note);
  here.size = static_cast<std::uint32_t>(note.size());
  here.nanos.store(nanos, std::memory_order_relaxed);
  here.tokens.store(tokens, std::memory_order_relaxed);
  std::memcpy(here.note, note.data(), note.size());
  here.state.store(JournalPlace::held, std::memory_order_release);
  return at;
}

void Journal::set_nanos(std::uint32_t at, std::int64_t nanos) {
  if (at != nowhere) place(at).nanos.store(nanos, std::memory_order_relaxed);
}

void Journal::sent(std::uint32_t at) {
  if (at != nowhere) place(at).state.store(JournalPlace::gone_out, std::memory_order_release);
}

bool Journal::close(std::uint32_t at, std::string_view entry) {
  JournalHeader& all = header();
  const std::size_t needed = framed(entry.size());
  std::uint64_t head = all.head.load(std::memory_order_relaxed);
  std::size_t offset = head % ring_size_;
  const std::size_t to_end = ring_size_ - offset;
  const std::size_t skipped = needed > to_end ? to_end : 0;
  const bool fits = entry.size() <= most_entry && needed + skipped <= room();
  if (fits) {
    if (skipped > 0) {
      if (skipped >= sizeof(JournalFrame)) {
        const JournalFrame wrap{.size = 0, .check = 0, .number = number_};
        std::memcpy(ring() + offset, &wrap, sizeof wrap);
      }
      head += skipped;
      offset = 0;
    }
    const JournalFrame frame{.size = static_cast<std::uint32_t>(entry.size()),
                             .check = check_of(entry, number_ + 1),
                             .number = number_ + 1};
    ++number_;
    std::memcpy(ring() + offset + sizeof frame, entry.data(), entry.size());
    std::memcpy(ring() + offset, &frame, sizeof frame);
    all.head.store(head + needed, std::memory_order_release);
  }
  if (at != nowhere) {
    place(at).state.store(JournalPlace::unused, std::memory_order_release);
    std::atomic_thread_fence(std::memory_order_release);  // who follows does not take an empty note for one
    std::memset(place(at).note, 0, place(at).size);
    free_.push_back(at);
    open_.store(open_count(), std::memory_order_relaxed);
  }
  return fits;
}

std::size_t Journal::read(std::size_t most,
                          const std::function<void(std::uint64_t, std::string_view)>& take) {
  JournalHeader& all = header();
  std::size_t count = 0;
  bool is_damaged = false;
  read_to_ = std::max(read_to_, all.first_kept());
  // What this very process has put there is whole.
  const auto is_good = [this](const JournalFrame& frame, std::string_view entry) {
    return !is_followed_ || frame.check == check_of(entry, frame.number);
  };
  read_to_ = walk_journal(ring(), ring_size_, read_to_, all.head.load(std::memory_order_acquire), is_damaged,
                          is_good, [&](std::uint64_t number, std::string_view bytes) {
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
  JournalHeader& all = header();
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
  const JournalHeader& all = header();
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

}  // namespace gateway

// What one data loop remembers of money beyond the end of its process: which requests are under way and what
// is set aside for each, and the entries of those that ended, until the ledger has them on disk. A file that
// is mapped into memory: writing to it is a copy, and survives a kill; the ledger's thread syncs it.
//
// One thread writes (the data loop), one reads entries and gives their room back (the ledger's thread), which
// may be one of another process: of the one that comes after this one, while this one still serves.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway {

struct JournalHeader;
struct JournalPlace;

class Journal {
 public:
  // Makes a new, empty one with room for `size` bytes of entries. Null where that cannot be done: `why`.
  static std::unique_ptr<Journal> make(const std::string& path, std::size_t size, std::uint64_t epoch,
                                       std::string& why);
  // One that another process writes: to be read, and no more. Null where it is none.
  static std::unique_ptr<Journal> follow(const std::string& path);
  // Whether a process is there that writes it, maybe this one.
  static bool is_held(const std::string& path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  static constexpr std::size_t most_open = 16'384;
  static constexpr std::size_t most_note = 480;
  static constexpr std::size_t most_entry = 16 << 10;
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  // The data loop's side. Whether one more request can be remembered to its end.
  bool has_room() const;
  // Remembers that a request is under way, and what of money and tokens is set aside for it: its place, or
  // `nowhere`. `note` is cut at `most_note`.
  std::uint32_t open(std::string_view note, std::int64_t nanos, std::int64_t tokens = 0);
  void set_nanos(std::uint32_t place, std::int64_t nanos);
  // From now on a host may bill for it.
  void sent(std::uint32_t place);
  // The entry first, then its place is free. False: there is no room, and the entry is lost.
  bool close(std::uint32_t place, std::string_view entry);

  // The ledger's side: calls `take` with each whole entry that was not read, and its number. Stops at `most`.
  // Returns how many.
  std::size_t read(std::size_t most, const std::function<void(std::uint64_t, std::string_view)>& take);
  // What was read need not be kept, and is wiped.
  void release();
  // What was read is to be read again.
  void unread();
  bool has_unread() const;
  void sync();

  // For whoever looks on: bytes of entries that the ledger does not have yet, and the share of all room for
  // entries or for requests under way that is used, whichever is more.
  struct Use {
    std::size_t waiting = 0;
    double share = 0;
  };
  Use use() const;

  std::uint64_t epoch() const;
  std::size_t open_count() const { return most_open - free_.size(); }

  // What a process that is gone has left behind.
  struct Left {
    std::uint64_t epoch = 0;
    std::vector<std::pair<std::uint64_t, std::string>> entries;  // by number
    struct Open {
      std::string note;
      std::int64_t nanos = 0;
      std::int64_t tokens = 0;
      bool was_sent = false;

      friend bool operator==(const Open&, const Open&) = default;
    };
    std::vector<Open> open;
    bool is_damaged = false;  // not all of it could be read
  };
  static bool read_left(const std::string& path, Left& left);
  // Whether a newer isocost wrote it, in a form that this one does not know.
  static bool is_newer(const std::string& path);
  // Likewise of one that is followed; those that change just now are left out.
  std::vector<Left::Open> open_ones() const;

 private:
  Journal(int file, char* map, std::size_t size, std::size_t ring);
  JournalHeader& header() const;
  JournalPlace& place(std::uint32_t at) const;
  char* ring() const;
  std::uint64_t room() const;

  int file_;
  char* map_;
  std::size_t size_, ring_size_;
  std::vector<std::uint32_t> free_;
  std::atomic<std::size_t> open_{0};  // as many as are not in it
  std::uint64_t number_ = 0;          // of the last entry
  std::uint64_t read_to_ = 0;         // the ledger's, ahead of what was released
  bool is_followed_ = false;
};

}  // namespace gateway

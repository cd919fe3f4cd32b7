// Whether files were written or replaced, and are not being written any more: seen when two looks in a row
// find the same. By polling, which works on every file system and sees a symbolic link that was turned
// elsewhere. Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gateway {

class FileWatch {
 public:
  // Empty: nothing to watch.
  explicit FileWatch(std::string path);
  // unchanged: as it was taken, or away, since it is about to be replaced. moving: it differs from the last
  // look.
  enum class Seen { unchanged, moving, settled };
  Seen look_again();
  // Whether it differs from what was taken, and stands still since the last look.
  bool settled() { return look_again() == Seen::settled; }
  // Whether it is still as the last look found it: to be asked once it has been read.
  bool is_as_seen() const;
  const std::string& path() const { return path_; }
  // What is there now is in use, or was refused: only another change counts.
  void take();

 private:
  struct State {
    long long changed = 0;  // nanoseconds
    long long size = 0;
    unsigned long long device = 0, number = 0;
    unsigned mode = 0, owner = 0;  // for which a key's file may be refused
    std::uint64_t content = 0;     // a hash of it

    friend bool operator==(const State&, const State&) = default;
  };
  // Nothing where it is away or cannot be read.
  std::optional<State> look() const;

  std::string path_;
  std::optional<State> taken_;
  std::optional<State> seen_;  // at the last look
};

// The same of several, that are taken together: the first always, the others as they are named.
class FileWatches {
 public:
  explicit FileWatches(std::string first);
  // In the place of those that were named before.
  void watch_also(const std::vector<std::string>& others);
  // At least one has, and none is moving.
  bool settled();
  bool is_as_seen() const;
  void take();

 private:
  std::vector<FileWatch> all_;
};

}  // namespace gateway

// Whether a file was written or replaced, and is not being written any more: seen when two looks in a row
// find the same. By polling, which works on every file system and sees a symbolic link that was turned
// elsewhere. Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gateway {

class FileWatch {
 public:
  // Empty: nothing to watch.
  explicit FileWatch(std::string path);
  // Whether it differs from what was taken, and stands still since the last look. A file that is away counts
  // as unchanged: it is about to be replaced.
  bool settled();
  // Whether it is still as the last look found it: to be asked once it has been read.
  bool is_as_seen() const;
  // What is there now is in use, or was refused: only another change counts.
  void take();

 private:
  struct State {
    long long changed = 0;  // nanoseconds
    long long size = 0;
    unsigned long long device = 0, number = 0;
    std::uint64_t content = 0;  // a hash of it

    friend bool operator==(const State&, const State&) = default;
  };
  // Nothing where it is away or cannot be read.
  std::optional<State> look() const;

  std::string path_;
  std::optional<State> taken_;
  std::optional<State> seen_;  // at the last look
};

}  // namespace gateway

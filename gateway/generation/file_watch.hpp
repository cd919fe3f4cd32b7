// Whether a file was written or replaced since the last look. By polling, which works on every file system
// and sees a symbolic link that was turned elsewhere. Belongs to one thread.
#pragma once

#include <string>
#include <tuple>

namespace gateway {

class FileWatch {
 public:
  // Empty: nothing to watch.
  explicit FileWatch(std::string path);
  // A file that is away counts as unchanged: it is about to be replaced.
  bool changed();

 private:
  // Of the last change in nanoseconds, size, device and number of the file.
  using State = std::tuple<long long, long long, unsigned long long, unsigned long long>;
  bool look(State& state) const;

  std::string path_;
  State seen_{};
};

}  // namespace gateway

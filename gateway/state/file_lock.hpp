// Keeps a second process off a file, by a lock on a file beside it: SQLite's own locks let several writers
// take turns, which is not what is wanted here. Ends with the process, however that ends.
#pragma once

#include <optional>
#include <string>

namespace gateway {

class FileLock {
 public:
  // On `path` + ".lock". Nothing when another process holds it or it cannot be made: `why` says which.
  // `advice` is for those who find it held.
  static std::optional<FileLock> take(const std::string& path, std::string& why,
                                      const std::string& advice = "give each its own file");
  FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace gateway

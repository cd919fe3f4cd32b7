#include "gateway/generation/file_watch.hpp"

#include <sys/stat.h>

#include <utility>

namespace gateway {

FileWatch::FileWatch(std::string path) : path_(std::move(path)) {
  look(seen_);
}

bool FileWatch::changed() {
  State state;
  return look(state) && std::exchange(seen_, state) != state;
}

bool FileWatch::look(State& state) const {
  struct stat found {};
  if (path_.empty() || ::stat(path_.c_str(), &found) != 0) return false;
  state = {found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec, found.st_size, found.st_dev,
           found.st_ino};
  return true;
}

}  // namespace gateway

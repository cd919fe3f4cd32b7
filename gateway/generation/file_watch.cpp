#include "gateway/generation/file_watch.hpp"

#include <sys/stat.h>

#include <utility>

#include "gateway/state/read_whole.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {

FileWatch::FileWatch(std::string path) : path_(std::move(path)) {
  take();
}

bool FileWatch::settled() {
  std::optional<State> now = look();
  const bool stands_still = now && now == seen_;
  seen_ = std::move(now);
  return stands_still && seen_ != taken_;
}

bool FileWatch::is_as_seen() const {
  return look() == seen_;
}

void FileWatch::take() {
  taken_ = look();
}

std::optional<FileWatch::State> FileWatch::look() const {
  struct stat found {};
  if (path_.empty() || ::stat(path_.c_str(), &found) != 0) return std::nullopt;
  const auto text = read_whole(path_);
  if (!text) return std::nullopt;
  return State{.changed = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec,
               .size = found.st_size,
               .device = found.st_dev,
               .number = found.st_ino,
               .content = routing::hash_of(*text)};
}

}  // namespace gateway

#include "gateway/generation/file_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "gateway/state/read_whole.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {

FileWatch::FileWatch(std::string path) : path_(std::move(path)) {
  take();
}

FileWatch::Seen FileWatch::look_again() {
  std::optional<State> now = look();
  const bool stands_still = now == seen_;
  seen_ = std::move(now);
  if (!seen_ || seen_ == taken_) return Seen::unchanged;
  return stands_still ? Seen::settled : Seen::moving;
}

bool FileWatch::is_as_seen() const {
  return look() == seen_;
}

void FileWatch::take() {
  taken_ = look();
}

FileWatches::FileWatches(std::string first) {
  all_.emplace_back(std::move(first));
}

void FileWatches::watch_also(const std::vector<std::string>& others) {
  std::vector<FileWatch> now{all_.front()};
  for (const std::string& path : others) {
    const auto known = std::ranges::find(all_, path, &FileWatch::path);
    now.push_back(known == all_.end() ? FileWatch(path) : *known);
  }
  all_ = std::move(now);
}

bool FileWatches::settled() {
  std::size_t settled = 0, moving = 0;
  for (FileWatch& each : all_) {
    const FileWatch::Seen seen = each.look_again();
    settled += seen == FileWatch::Seen::settled ? 1 : 0;
    moving += seen == FileWatch::Seen::moving ? 1 : 0;
  }
  return settled > 0 && moving == 0;
}

bool FileWatches::is_as_seen() const {
  return std::ranges::all_of(all_, &FileWatch::is_as_seen);
}

void FileWatches::take() {
  for (FileWatch& each : all_) each.take();
}

std::optional<FileWatch::State> FileWatch::look() const {
  struct stat found {};
  // What is no file is read once, by who loads it: a pipe has nobody at its other end by now, a device no
  // end.
  if (path_.empty() || ::stat(path_.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
  const auto text = read_whole(path_);
  if (!text) return std::nullopt;
  return State{.changed = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec,
               .size = found.st_size,
               .device = found.st_dev,
               .number = found.st_ino,
               .mode = found.st_mode,
               .owner = found.st_uid,
               .content = routing::hash_of(*text)};
}

}  // namespace gateway

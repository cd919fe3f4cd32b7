#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "config/files/load.hpp"

namespace config {
namespace {

// Beyond any configuration or credential: a device that never ends must not fill the memory.
constexpr std::size_t longest_file = 16u << 20;

std::optional<std::string> read_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return std::nullopt;
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  char block[16 << 10];
  while (stream && text.size() <= longest_file) {
    stream.read(block, sizeof block);
    text.append(block, static_cast<std::size_t>(stream.gcount()));
  }
  return stream.eof() ? std::optional(std::move(text)) : std::nullopt;
}

bool is_group_of_ours(gid_t group) {
  if (group == ::getegid()) return true;
  const int count = ::getgroups(0, nullptr);
  std::vector<gid_t> groups(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (::getgroups(count, groups.data()) < 0) return false;
  return std::ranges::find(groups, group) != groups.end();
}

// As kubelet and engines of containers hand secrets over: files in memory that are the container's alone and
// that nobody writes, for a group of ours (0440) or, where the owner or the group is, for everybody in it
// (0444).
bool is_handed_over(const std::string& path, const struct stat& status) {
  struct statfs system {};
  if ((status.st_mode & 0222u) != 0 || ::statfs(path.c_str(), &system) != 0) return false;
  const bool is_in_memory = system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
  return is_in_memory && (status.st_uid == ::geteuid() || is_group_of_ours(status.st_gid));
}

}  // namespace

Sources system_sources() {
  return {.variable = [](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            return value ? std::optional<std::string>(value) : std::nullopt;
          },
          .file = read_file,
          .file_permissions = [](const std::string& path) -> std::optional<unsigned> {
            struct stat status {};
            if (::stat(path.c_str(), &status) != 0) return std::nullopt;
            return status.st_mode & (is_handed_over(path, status) ? 0700u : 0777u);
          }};
}

}  // namespace config

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

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
            return status.st_mode & 0777u;
          }};
}

}  // namespace config

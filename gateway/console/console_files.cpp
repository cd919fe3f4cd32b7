#include "gateway/console/console_files.hpp"

#include <algorithm>

namespace gateway {

const ConsoleFile* console_file(std::string_view name) {
  if (name.empty()) name = "index.html";
  const auto files = console_files();
  const auto found = std::ranges::find(files, name, &ConsoleFile::name);
  return found == files.end() ? nullptr : &*found;
}

std::string_view content_type(const ConsoleFile& file) {
  if (file.name.ends_with(".html")) return "text/html; charset=utf-8";
  if (file.name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (file.name.ends_with(".css")) return "text/css; charset=utf-8";
  if (file.name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

}  // namespace gateway

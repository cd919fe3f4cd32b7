#include "gateway/state/kept_names.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace gateway {
namespace {

// Whole or not at all.
bool write_whole(const std::string& path, const std::string& text) {
  const std::string begun = path + "." + std::to_string(::getpid());
  ::unlink(begun.c_str());
  const int file = ::open(begun.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return false;
  const bool is_written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (is_written && std::rename(begun.c_str(), path.c_str()) == 0) return true;
  ::unlink(begun.c_str());
  return false;
}

}  // namespace

void KeptNames::keep(std::string file) {
  file_ = std::move(file);
  std::ifstream stream(file_, std::ios::binary);
  std::string line;
  while (std::getline(stream, line)) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) names_.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
}

KeptNames::Writing KeptNames::set(Names names) {
  names_ = std::move(names);
  Writing writing;
  if (file_.empty()) return writing;
  writing.file_ = file_;
  for (const auto& [first, second] : names_) writing.text_ += first + "\t" + second + "\n";
  writing.number_ = ++sets_;
  writing.last_ = last_;
  return writing;
}

bool KeptNames::Writing::operator()() const {
  if (file_.empty() || number_ < *last_) return true;
  if (!write_whole(file_, text_)) return false;
  *last_ = number_;
  return true;
}

}  // namespace gateway

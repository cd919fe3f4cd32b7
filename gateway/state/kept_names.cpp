#include "gateway/state/kept_names.hpp"

#include <fstream>

#include "gateway/state/write_whole.hpp"

namespace gateway {
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
  if (write_whole(file_, text_)) return false;
  *last_ = number_;
  return true;
}

}  // namespace gateway

#include "gateway/state/kept_names.hpp"

#include <sstream>

namespace gateway {

void KeptNames::keep(std::string file) {
  std::istringstream lines(file_.keep(std::move(file)));
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) names_.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
}

KeptNames::Writing KeptNames::set(Names names) {
  names_ = std::move(names);
  std::string text;
  for (const auto& [first, second] : names_) text += first + "\t" + second + "\n";
  return file_.set(std::move(text));
}

}  // namespace gateway

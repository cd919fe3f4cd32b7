#include "gateway/catalogue_import/row_pattern.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "gateway/catalogue_import/names.hpp"

namespace gateway {

bool is_meant(const CatalogueRow& row, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return true;
  const std::string full = public_name(row.model);
  const auto fits = [](const std::string& pattern, const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  };
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    const std::size_t at = std::min(pattern.rfind('@'), pattern.size());
    const std::string model = pattern.substr(0, at);
    // Two spellings of one name are one; of stars nobody knows what they stand for.
    const bool is_name = model.find_first_of("*?[") == std::string::npos;
    const bool is_spelled_so = is_name && (without_points(model) == without_points(row.model) ||
                                           without_points(model) == without_points(full));
    const bool is_one = is_spelled_so || fits(model, row.model) || fits(model, full);
    if (!is_one) return false;
    for (std::size_t from = at + 1; from <= pattern.size();) {
      const std::size_t end = std::min(pattern.find(',', from), pattern.size());
      if (fits(pattern.substr(from, end - from), row.provider)) return true;
      from = end + 1;
    }
    return at == pattern.size();
  });
}

}  // namespace gateway

#include "config/files/csv_row.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace config {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

void CsvRow::split(std::string_view line) {
  cells_.clear();
  for (;;) {
    const std::size_t end = line.find(',');
    cells_.push_back(without_blanks(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

std::string_view CsvRow::text(std::size_t place) const {
  return place < cells_.size() ? cells_[place] : std::string_view();
}

std::optional<double> CsvRow::number(std::size_t place) const {
  const std::string_view cell = text(place);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::size_t> CsvRow::find(std::string_view text) const {
  const auto found = std::ranges::find(cells_, text);
  if (found == cells_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - cells_.begin());
}

}  // namespace config

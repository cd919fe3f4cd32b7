// One line of a CSV file without quoting, cut into its cells. Belongs to the thread that reads the file.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace config {

class CsvRow {
 public:
  // `line` must outlive the cells.
  void split(std::string_view line);
  // Without blanks around it; empty beyond the last.
  std::string_view text(std::size_t place) const;
  // Finite; nothing when the cell is no number.
  std::optional<double> number(std::size_t place) const;
  // Where this text stands.
  std::optional<std::size_t> find(std::string_view text) const;

 private:
  std::vector<std::string_view> cells_;
};

}  // namespace config

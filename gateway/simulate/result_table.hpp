// Names and numbers in columns, for a terminal or as Markdown. Pure.
#pragma once

#include <string>
#include <vector>

namespace gateway {

enum class TableForm { terminal, markdown };

struct TableLine {
  std::string name;
  std::vector<std::string> cells;
};
// The first line has the columns' titles; all have as many cells.
std::string result_table(const std::vector<TableLine>& lines, TableForm form);

// "-" for what is no number.
std::string fixed(double value, int digits);

}  // namespace gateway

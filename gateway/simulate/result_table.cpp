#include "gateway/simulate/result_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gateway {
namespace {

std::size_t characters(const std::string& text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0u) != 0x80u ? 1 : 0;
  return count;
}

std::string padded(const std::string& text, std::size_t to) {
  const std::size_t width = characters(text);
  return std::string(to > width ? to - width : 0, ' ') + text;
}

}  // namespace

std::string fixed(double value, int digits) {
  if (std::isnan(value)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string result_table(const std::vector<TableLine>& lines, TableForm form) {
  if (lines.empty()) return {};
  std::size_t name_width = 0;
  std::vector<std::size_t> widths(lines.front().cells.size());
  for (const TableLine& each : lines) {
    name_width = std::max(name_width, characters(each.name));
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], characters(each.cells[i]));
  }
  const bool markdown = form == TableForm::markdown;
  std::string text;
  for (const TableLine& each : lines) {
    text += markdown ? "| " : "";
    text += each.name + std::string(name_width - characters(each.name), ' ');
    for (std::size_t i = 0; i < widths.size(); ++i)
      text += (markdown ? " | " : "  ") + padded(each.cells[i], widths[i]);
    text += markdown ? " |\n" : "\n";
    if (!markdown || &each != &lines.front()) continue;
    text += "| ---";
    for (std::size_t i = 0; i < widths.size(); ++i) text += " | ---:";
    text += " |\n";
  }
  return text;
}

}  // namespace gateway

#include "gateway/text/table.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace gateway {

namespace {

constexpr int gap = 2;  // blanks between two columns
constexpr int narrowest = 6;

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::plain:
      return "";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::cyan:
      return "\x1b[36m";
  }
  return "";
}

std::size_t size(int columns) {
  return static_cast<std::size_t>(std::max(0, columns));
}

// What is shown of a table: which columns, and how wide.
struct Layout {
  std::vector<std::size_t> columns;
  std::vector<int> widths;  // of all columns

  int total() const {
    int sum = columns.empty() ? 0 : gap * static_cast<int>(columns.size() - 1);
    for (const std::size_t column : columns) sum += widths[column];
    return sum;
  }
};

// Columns go first, then the widest text gives way; numbers are never cut.
Layout layout_of(const std::vector<Column>& columns, const std::vector<Row>& rows, int room) {
  Layout layout;
  for (const Column& column : columns) layout.widths.push_back(width(column.title));
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      layout.widths[i] = std::max(layout.widths[i], width(row[i].text));
  }
  layout.columns.resize(columns.size());
  std::iota(layout.columns.begin(), layout.columns.end(), 0u);
  while (layout.total() > room) {
    const auto first_to_go =
        std::max_element(layout.columns.begin(), layout.columns.end(),
                         [&](auto a, auto b) { return columns[a].keep < columns[b].keep; });
    if (first_to_go == layout.columns.end() || columns[*first_to_go].keep == 0) break;
    layout.columns.erase(first_to_go);
  }
  while (layout.total() > room) {
    int* widest = nullptr;
    for (const std::size_t column : layout.columns) {
      int& candidate = layout.widths[column];
      const bool may = columns[column].align == Align::left && candidate > narrowest;
      if (may && (widest == nullptr || candidate > *widest)) widest = &candidate;
    }
    if (widest == nullptr) break;
    --*widest;
  }
  return layout;
}

std::string line_of(const Layout& layout, const std::vector<Column>& columns, const Row& row,
                    const Screen& screen) {
  std::string line;
  int room = screen.columns;
  for (std::size_t at = 0; at < layout.columns.size() && room > 0; ++at) {
    const std::size_t column = layout.columns[at];
    const int most = std::min(layout.widths[column], room);
    const bool is_apart = columns[column].shorten == Shorten::middle;
    const std::string text = is_apart ? fitted_apart(row[column].text, most) : fitted(row[column].text, most);
    const std::string padding(size(std::min(layout.widths[column], room) - width(text)), ' ');
    const bool last = at + 1 == layout.columns.size();
    if (columns[column].align == Align::right) line += padding;
    line += painted(text, row[column].colour, screen.paint);
    if (columns[column].align == Align::left && !last) line += padding;
    if (last) line.erase(line.find_last_not_of(' ') + 1);
    room -= layout.widths[column] + gap;
    if (!last && room > 0) line.append(size(gap), ' ');
  }
  return line;
}

// Of a row whose last text goes on.
std::vector<std::string> lines_of(const Layout& layout, const std::vector<Column>& columns, const Row& row,
                                  const Screen& screen) {
  if (layout.columns.empty()) return {""};
  const std::size_t last = layout.columns.back();
  if (columns[last].shorten != Shorten::never || width(row[last].text) <= layout.widths[last])
    return {line_of(layout, columns, row, screen)};
  std::vector<std::string> lines;
  Row part = row;
  for (std::string& text : wrapped(row[last].text, layout.widths[last])) {
    part[last].text = std::move(text);
    lines.push_back(line_of(layout, columns, part, screen));
    for (std::size_t i = 0; i < last; ++i) part[i].text.clear();
  }
  return lines;
}

// The length of the sequence at the front; 0 where it is not UTF-8.
std::size_t sequence(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// Controls of terminals, ends of lines, and marks that turn the direction of what follows: U+200E and the
// like.
bool is_control(std::string_view sequence) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (byte(0) == 0xE2 && byte(1) == 0x80)
    return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  if (byte(0) == 0xE2 && byte(1) == 0x81) return byte(2) >= 0xA6 && byte(2) <= 0xA9;
  if (byte(0) == 0xD8) return byte(1) == 0x9C;
  return byte(0) < 0x20 || byte(0) == 0x7F || (byte(0) == 0xC2 && byte(1) < 0xA0);
}

}  // namespace

std::vector<std::string> table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                               const Screen& screen) {
  const Layout layout = layout_of(columns, rows, screen.columns);
  Row titles;
  for (const Column& column : columns) titles.push_back({column.title, Colour::dim});
  std::vector<std::string> lines{line_of(layout, columns, titles, screen)};
  for (const Row& row : rows) {
    for (std::string& line : lines_of(layout, columns, row, screen)) lines.push_back(std::move(line));
  }
  return lines;
}

std::string painted(std::string_view text, Colour colour, Paint paint) {
  const std::string_view begin = paint == Paint::colours ? code(colour) : "";
  if (begin.empty()) return std::string(text);
  return std::string(begin).append(text).append("\x1b[0m");
}

int width(std::string_view text) {
  int columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      i = std::min(text.find('m', i), text.size() - 1);
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++columns;
    }
  }
  return columns;
}

namespace {

// Without what would steer the terminal.
std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  while (!text.empty()) {
    const std::size_t length = sequence(text);
    if (length == 0) {
      characters.emplace_back("?");
    } else if (!is_control(text.substr(0, length))) {
      characters.emplace_back(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return characters;
}

std::string joined(const std::vector<std::string>& characters) {
  return std::accumulate(characters.begin(), characters.end(), std::string());
}

}  // namespace

std::string fitted(std::string_view text, int columns) {
  std::vector<std::string> characters = characters_of(text);
  if (characters.size() > size(columns)) {
    characters.resize(size(columns));
    if (columns > 1) characters.back() = "…";
  }
  return joined(characters);
}

std::string fitted_apart(std::string_view text, int columns) {
  std::vector<std::string> characters = characters_of(text);
  if (characters.size() <= size(columns)) return joined(characters);
  if (columns < 5) return fitted(text, columns);
  // Names of a family differ behind what they share.
  const std::size_t head = size(columns - 1) / 3, tail = size(columns - 1) - head;
  characters.erase(characters.begin() + static_cast<std::ptrdiff_t>(head),
                   characters.end() - static_cast<std::ptrdiff_t>(tail));
  characters.insert(characters.begin() + static_cast<std::ptrdiff_t>(head), "…");
  return joined(characters);
}

std::vector<std::string> short_models(std::vector<std::string> names, int columns) {
  const auto different = [](const std::vector<std::string>& all) {
    return std::set<std::string_view>(all.begin(), all.end()).size();
  };
  if (std::ranges::any_of(names, [&](const std::string& name) { return width(name) > columns; })) {
    std::vector<std::string> bare;
    for (const std::string& name : names) bare.push_back(name.substr(name.find('/') + 1));
    if (different(bare) == different(names)) names = std::move(bare);
  }
  for (std::string& name : names) name = fitted_apart(name, columns);
  return names;
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
  const std::string plain = fitted(text, static_cast<int>(text.size()) + 1);
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t end = std::min(plain.find(' ', at), plain.size());
    const std::string word = fitted(plain.substr(at, end - at), columns);
    if (!line.empty() && width(line) + 1 + width(word) > columns) lines.push_back(std::exchange(line, {}));
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace gateway

// Aligned text for a terminal: cells with colours, columns that give way when the screen is narrow. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

enum class Colour { plain, dim, bold, green, yellow, red, cyan };
enum class Paint { none, colours };

struct Screen {
  int columns = 80;
  int rows = 24;
  Paint paint = Paint::none;
};

struct Cell {
  std::string text;  // UTF-8, no control characters
  Colour colour = Colour::plain;
};

enum class Align { left, right };
// How a text gives way where its column is too narrow: it loses its end; or its middle, so that names that
// begin alike are told apart; or, in the last column, it goes on in the next line.
enum class Shorten { end, middle, never };

struct Column {
  std::string title;
  Align align = Align::right;
  int keep = 0;  // when the screen is too narrow, the columns with the greatest number go first; 0 never goes
  Shorten shorten = Shorten::end;
};

using Row = std::vector<Cell>;  // as many cells as columns

// The title line and one line a row, or more of one that goes on; no line is wider than the screen.
std::vector<std::string> table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                               const Screen& screen);
// The text in its colour, where the screen has colours.
std::string painted(std::string_view text, Colour colour, Paint paint);
// Columns that `text` takes, each character counted as one; colours take none.
int width(std::string_view text);
// At most `columns` wide, the end marked by an ellipsis; without control characters, so that a text from
// elsewhere cannot steer the terminal.
std::string fitted(std::string_view text, int columns);
// At most `columns` wide, an ellipsis in the place of the middle; likewise without such characters.
std::string fitted_apart(std::string_view text, int columns);
// Names of models, each at most `columns` wide: without their authors where one is wider and the rest tells
// them apart, then without their middle.
std::vector<std::string> short_models(std::vector<std::string> names, int columns);
// All of it, in lines of at most so many columns that are cut between words; likewise without such
// characters.
std::vector<std::string> wrapped(std::string_view text, int columns);

}  // namespace gateway

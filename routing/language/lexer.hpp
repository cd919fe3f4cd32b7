// Cuts a policy text into words, symbols and literals; a number takes its unit with it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/language/complaint.hpp"
#include "routing/language/dimension.hpp"

namespace routing {

struct Lexeme {
  enum class Kind { number, text, word, symbol, end };
  Kind kind = Kind::end;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;   // of a word, a symbol, or between the quotes
  double number = 0;  // in base units
  Dimension dimension{};
};

inline constexpr std::size_t longest_expression = 4096;  // characters

// Ends with a lexeme of kind `end`. On a complaint the result is of no use.
std::vector<Lexeme> lex(std::string_view text, Complaints& complaints);

}  // namespace routing

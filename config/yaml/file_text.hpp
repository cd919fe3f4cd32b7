// The text of a file that a person wrote, with its lines, so that problems can show where they are.
// Immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/values/problem.hpp"

namespace config {

// Whether an excerpt shows what follows the underlined part. What follows a key may be a secret.
enum class Rest { shown, hidden };

class FileText {
 public:
  // `text` must outlive this.
  FileText(std::string name, std::string_view text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  // Without its line break; empty beyond the last. Counts from 1.
  std::string_view line(int number) const;
  // `column` counts bytes from 1; places count characters.
  Place place(int line, int column) const;
  // The line, with everything that could be a credential hidden, and a line that underlines what stands at
  // `place`: `width` characters, or with 0 the value or key that begins there.
  std::string excerpt(const Place& place, int width = 0, Rest rest = Rest::shown) const;

 private:
  std::string name_;
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  bool has_long_characters_ = false;  // of more than a byte, anywhere
};

// Where the first byte is that does not belong in a text: invalid UTF-8 or a control character.
// npos when there is none.
std::size_t first_invalid_byte(std::string_view text);

}  // namespace config

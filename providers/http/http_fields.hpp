// The header fields of one HTTP/1.1 message, as views into the bytes they were read from, and the strict
// reading of one field line that requests and replies share. Nothing allocates. Immutable once read; valid as
// long as the bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace providers {

inline constexpr std::size_t max_fields = 100;
inline constexpr std::size_t max_header_block = 32 * 1024;

struct Field {
  std::string_view name;   // as it was spelled
  std::string_view value;  // without white space around it
};

class Fields {
 public:
  Fields() {}
  Fields(const Fields& other) { *this = other; }
  Fields& operator=(const Fields& other) {
    count_ = other.count_;
    std::copy_n(other.fields_.begin(), count_, fields_.begin());
    return *this;
  }
  std::span<const Field> all() const { return {fields_.data(), count_}; }
  auto begin() const { return all().begin(); }
  auto end() const { return all().end(); }
  std::size_t size() const { return count_; }
  // The first with this name, in any letter case. `lower_case_name` must be lower case.
  std::optional<std::string_view> find(std::string_view lower_case_name) const;
  // False when there are max_fields already.
  [[nodiscard]] bool add(Field field);

 private:
  std::size_t count_ = 0;
  // Only the first `count_` have been written: no head pays for the room that it does not use.
  union {
    std::array<Field, max_fields> fields_;
  };
};

// How the end of a body is found.
struct NoBody {};
struct Length {
  std::uint64_t bytes = 0;
};
struct Chunked {};
struct UntilClose {};  // replies only
using Framing = std::variant<NoBody, Length, Chunked, UntilClose>;

// What makes a field line unacceptable.
enum class FieldFault { folded, no_colon, bad_name, space_before_colon, bad_value };

// Reads one line, given without its CRLF.
std::variant<Field, FieldFault> read_field(std::string_view line);

// A token of RFC 9110: a field name, a method.
bool is_token_text(std::string_view text);
// Equal but for the case of letters. `lower_case` must be lower case.
bool same_letters(const char* text, const char* lower_case, std::size_t size);
inline bool same_name(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() && same_letters(text.data(), lower_case.data(), text.size());
}
// Whether a field may have this value: no control character but tabs.
bool is_field_value(std::string_view text);
// Whether a comma-separated list holds the token.
bool lists(std::string_view list, std::string_view lower_case_token);
// 1*19DIGIT and nothing else.
std::optional<std::uint64_t> decimal(std::string_view text);
// "Not Found"; "Status" for those that have no phrase here.
std::string_view reason_phrase(int status);

}  // namespace providers

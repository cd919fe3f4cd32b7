// Pieces of JSON written straight into a text, for what is written once per request. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

// In quotes. Only printable ASCII comes out, whatever comes in: everything else is escaped, and bytes that
// are not UTF-8 become U+FFFD. So the result is valid JSON and never holds a line break or a terminal's
// escape.
void append_json_string(std::string_view text, std::string& out);
void append_integer(std::int64_t value, std::string& out);
// `value` divided by ten to the power of `decimals`, exactly: (1234500, 6) gives 1.234500.
void append_fixed(std::int64_t value, int decimals, std::string& out);

}  // namespace gateway

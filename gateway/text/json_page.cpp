#include "gateway/text/json_page.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "gateway/text/json_string.hpp"

namespace gateway {

namespace json = boost::json;

namespace {

void append_number(double value, std::string& out) {
  std::array<char, 32> digits;
  const double size = std::abs(value);
  const auto format =
      size != 0 && (size < 1e-9 || size >= 1e15) ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format);
  out.append(digits.data(), end.ec == std::errc() ? end.ptr : digits.data());
}

void append(const json::value& value, std::string& out);

void append(const json::array& array, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out += ',';
    append(array[i], out);
  }
  out += ']';
}

void append(const json::object& object, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, member] : object) {
    if (!first) out += ',';
    first = false;
    append_json_string({key.data(), key.size()}, out);
    out += ':';
    append(member, out);
  }
  out += '}';
}

void append(const json::value& value, std::string& out) {
  switch (value.kind()) {
    case json::kind::object:
      return append(value.get_object(), out);
    case json::kind::array:
      return append(value.get_array(), out);
    case json::kind::string:
      return append_json_string({value.get_string().data(), value.get_string().size()}, out);
    case json::kind::double_:
      return append_number(value.get_double(), out);
    default:
      out += json::serialize(value);
  }
}

}  // namespace

std::string json_page(const json::value& document) {
  std::string out;
  append(document, out);
  return out;
}

json::value number_or_null(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0.0;
  // Six digits, so that a person can read it and nothing false is pretended.
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

}  // namespace gateway

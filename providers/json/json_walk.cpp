#include "providers/json/json_walk.hpp"

#include <bitset>

namespace providers {
namespace {

std::string_view what_of(JsonTokens::Found found) {
  switch (found) {
    case JsonTokens::Found::tokens:
      return {};
    case JsonTokens::Found::bad_utf8:
      return "the text is not UTF-8";
    case JsonTokens::Found::unclosed_string:
      return "a string is not closed";
    case JsonTokens::Found::control_character:
      return "a string holds a control character";
    case JsonTokens::Found::nothing:
      return "the text is empty";
  }
  return "the text cannot be read";
}

}  // namespace

std::string_view name_of(JsonType type) {
  switch (type) {
    case JsonType::object:
      return "an object";
    case JsonType::array:
      return "an array";
    case JsonType::string:
      return "a string";
    case JsonType::number:
      return "a number";
    case JsonType::boolean:
      return "a boolean";
    case JsonType::null:
      return "null";
  }
  return "nothing";
}

JsonWalk::JsonWalk(JsonTokens& tokens, std::string_view text) : text_(text) {
  // Said apart from other faults, because editors hide the three bytes.
  const bool has_mark = text.starts_with("\xef\xbb\xbf");
  const auto found = has_mark ? JsonTokens::Found::nothing : tokens.find(text);
  if (found != JsonTokens::Found::tokens) {
    fault_ = {0, has_mark ? "the text begins with a byte order mark" : what_of(found)};
    return;
  }
  at_ = tokens.offsets().data();
  last_ = at_ + tokens.offsets().size() - 1;
}

bool JsonWalk::failed(std::string_view what) {
  if (ok()) fault_ = {position(), what};
  at_ = last_;
  return false;
}

std::optional<JsonNumber> JsonWalk::number() {
  const std::string_view token = at_ < last_ ? scalar() : std::string_view();
  if (!is_number(token)) {
    failed("a value is not one of JSON's, or a number beyond 64 bits");
    return std::nullopt;
  }
  end_ = *at_++ + token.size();
  return JsonNumber{token};
}

std::optional<bool> JsonWalk::boolean() {
  const std::string_view token = at_ < last_ ? scalar() : std::string_view();
  if (token != "true" && token != "false") {
    failed("a value is not one of JSON's");
    return std::nullopt;
  }
  end_ = *at_++ + token.size();
  return token == "true";
}

bool JsonWalk::null() {
  const std::string_view token = at_ < last_ ? scalar() : std::string_view();
  if (token != "null") return failed("a value is not one of JSON's");
  end_ = *at_++ + token.size();
  return true;
}

bool JsonWalk::skip_scalar() {
  switch (byte()) {
    case '"':
      return string().has_value();
    case 't':
    case 'f':
      return boolean().has_value();
    case 'n':
      return null();
    case '\0':
      return failed("a value is missing");
    default:
      return number().has_value();
  }
}

bool JsonWalk::skip() {
  const char first_byte = byte();
  return first_byte == '{' || first_byte == '[' ? skip_container() : skip_scalar();
}

// Without recursion: what is around a value is one bit of a set.
bool JsonWalk::skip_container() {
  std::bitset<max_depth + 1> in_object;
  const int outside = depth_;
  do {
    Next next_is = Next::item;
    const char bracket = byte();
    if (bracket == '{' || bracket == '[') {
      if (!open(bracket)) return false;
      in_object[static_cast<std::size_t>(depth_)] = bracket == '{';
      next_is = first(bracket == '{' ? '}' : ']');
    } else {
      if (!skip_scalar()) return false;
      next_is = next(in_object[static_cast<std::size_t>(depth_)] ? '}' : ']');
    }
    // first() and next() have left the container that they closed.
    while (next_is == Next::closed && depth_ > outside) {
      next_is = next(in_object[static_cast<std::size_t>(depth_)] ? '}' : ']');
    }
    if (next_is == Next::fault) return false;
    if (depth_ == outside) return true;
    if (in_object[static_cast<std::size_t>(depth_)] && (!string() || !colon())) return false;
  } while (true);
}

bool JsonWalk::finish() {
  return ok() && (at_ == last_ || failed("something follows the value"));
}

}  // namespace providers

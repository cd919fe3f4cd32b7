#include "providers/json/json_walk.hpp"

#include <bitset>
#include <limits>
#include <vector>

namespace providers {
namespace {

// What is around a value, one bit for each level. The usual ones take no memory of their own.
class Nesting {
 public:
  void enter(int depth, bool is_object) {
    const auto level = static_cast<std::size_t>(depth);
    if (level < usual_.size()) {
      usual_[level] = is_object;
      return;
    }
    if (level - usual_.size() >= deep_.size()) deep_.resize(level - usual_.size() + 1);
    deep_[level - usual_.size()] = is_object;
  }
  bool is_object(int depth) const {
    const auto level = static_cast<std::size_t>(depth);
    return level < usual_.size() ? usual_[level] : deep_[level - usual_.size()];
  }

 private:
  std::bitset<JsonWalk::max_depth + 1> usual_;
  std::vector<bool> deep_;
};

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

JsonWalk::JsonWalk(JsonTokens& tokens, std::string_view text, Depth depth)
    : text_(text), most_depth_(depth == Depth::any ? std::numeric_limits<int>::max() : max_depth) {
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
    failed("a value is not one of JSON's");
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

// Without recursion, since only the text limits its depth.
bool JsonWalk::skip_container() {
  Nesting around;
  const int outside = depth_;
  do {
    Next next_is = Next::item;
    const char bracket = byte();
    if (bracket == '{' || bracket == '[') {
      if (!open(bracket)) return false;
      around.enter(depth_, bracket == '{');
      next_is = first(bracket == '{' ? '}' : ']');
    } else {
      if (!skip_scalar()) return false;
      next_is = next(around.is_object(depth_) ? '}' : ']');
    }
    // first() and next() have left the container that they closed.
    while (next_is == Next::closed && depth_ > outside) {
      next_is = next(around.is_object(depth_) ? '}' : ']');
    }
    if (next_is == Next::fault) return false;
    if (depth_ == outside) return true;
    if (around.is_object(depth_) && (!string() || !colon())) return false;
  } while (true);
}

bool JsonWalk::finish() {
  return ok() && (at_ == last_ || failed("something follows the value"));
}

}  // namespace providers

// A walk over a JSON text that validates every byte it passes: together with JsonTokens it accepts exactly
// what RFC 8259 allows, of requests to a depth of 128. One pass both validates and finds. Values are
// consumed one after the other, in the order of the text; the first fault ends the walk for good. Views are
// into the text, which must stay, as must the tokens. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "providers/json/json_text.hpp"
#include "providers/json/json_tokens.hpp"

namespace providers {

enum class JsonType { object, array, string, number, boolean, null };
// "an object", "a string", ...
std::string_view name_of(JsonType type);

struct JsonFault {
  std::size_t at = 0;     // byte of the text
  std::string_view what;  // static text: "a value is missing"
};

class JsonWalk {
 public:
  static constexpr int max_depth = 128;
  // limited: for what clients send, whose depth others would have to bear.
  enum class Depth { limited, any };

  JsonWalk(JsonTokens& tokens, std::string_view text, Depth depth = Depth::limited);

  bool ok() const { return fault_.what.empty(); }
  const JsonFault& fault() const { return fault_; }

  // Of the value that comes next: its kind, by its first byte, and where it begins.
  JsonType type() const;
  std::size_t position() const { return at_ < last_ ? *at_ : text_.size(); }
  // Where the last consumed value ended.
  std::size_t end() const { return end_; }

  // Each consumes the next value; false or nothing when it is not of that kind or not valid.
  bool skip();
  std::optional<JsonString> string();
  std::optional<JsonNumber> number();
  std::optional<bool> boolean();
  bool null();
  // Calls `member` with each key: it must consume the value, and returns whether to go on.
  template <class Member>
  bool object(Member member);
  // Calls `element` before each element: it must consume it, and returns whether to go on.
  template <class Element>
  bool array(Element element);
  // Whether nothing follows.
  bool finish();

 private:
  // The first byte of the next token; 0 at the end.
  char byte() const { return at_ < last_ ? text_.data()[*at_] : '\0'; }
  std::string_view scalar() const;
  bool failed(std::string_view what);
  bool open(char bracket);
  bool skip_scalar();
  bool skip_container();
  // Consumes the bracket, or a comma before a further item; says which.
  enum class Next { item, closed, fault };
  Next first(char closing);
  Next next(char closing);
  bool colon();

  std::string_view text_;
  const std::uint32_t* at_ = nullptr;    // the next token
  const std::uint32_t* last_ = nullptr;  // behind the last one; holds the text's size
  std::size_t end_ = 0;
  // The first backslash behind where it was last looked for: most texts have few, and most strings none.
  std::size_t escape_ = 0;
  int depth_ = 0;
  int most_depth_ = max_depth;
  JsonFault fault_;
};

// What every value passes through is here, to be inlined: a chat reply has some hundred tokens.

inline JsonType JsonWalk::type() const {
  switch (byte()) {
    case '{':
      return JsonType::object;
    case '[':
      return JsonType::array;
    case '"':
      return JsonType::string;
    case 't':
    case 'f':
      return JsonType::boolean;
    case 'n':
      return JsonType::null;
    default:
      return JsonType::number;
  }
}

// A token reaches to the next one but for white space.
inline std::string_view JsonWalk::scalar() const {
  const char* begin = text_.data() + *at_;
  const char* end = text_.data() + at_[1];
  while (end > begin && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\t')) --end;
  return {begin, end};
}

inline std::optional<JsonString> JsonWalk::string() {
  const std::string_view token = byte() == '"' ? scalar() : std::string_view();
  if (token.size() < 2 || token.back() != '"') {
    failed(token.empty() ? "a string is missing" : "a string is not closed");
    return std::nullopt;
  }
  const std::string_view raw(token.data() + 1, token.size() - 2);
  const std::size_t begin = *at_ + 1;
  if (escape_ < begin) escape_ = text_.find('\\', begin);
  const bool escaped = escape_ < begin + raw.size();
  if (escaped && !escapes_are_valid(raw)) {
    failed("a string holds a wrong escape");
    return std::nullopt;
  }
  end_ = *at_++ + token.size();
  return JsonString{raw, escaped};
}

inline bool JsonWalk::open(char bracket) {
  if (byte() != bracket) return failed(bracket == '{' ? "an object is missing" : "an array is missing");
  if (depth_ == most_depth_) return failed("it is nested more than 128 deep");
  ++depth_;
  ++at_;
  return true;
}

inline JsonWalk::Next JsonWalk::first(char closing) {
  if (byte() != closing) return Next::item;
  end_ = *at_++ + 1;
  --depth_;
  return Next::closed;
}

inline JsonWalk::Next JsonWalk::next(char closing) {
  const char found = byte();
  if (found == ',') {
    ++at_;
    return Next::item;
  }
  if (found == closing) {
    end_ = *at_++ + 1;
    --depth_;
    return Next::closed;
  }
  failed(closing == '}' ? "a comma or a closing brace is missing"
                        : "a comma or a closing bracket is missing");
  return Next::fault;
}

inline bool JsonWalk::colon() {
  if (byte() != ':') return failed("a colon is missing");
  ++at_;
  return true;
}

template <class Member>
bool JsonWalk::object(Member member) {
  if (!open('{')) return false;
  for (Next next_is = first('}'); next_is == Next::item; next_is = next('}')) {
    const auto key = string();
    if (!key || !colon() || !member(*key) || !ok()) return false;
  }
  return ok();
}

template <class Element>
bool JsonWalk::array(Element element) {
  if (!open('[')) return false;
  for (Next next_is = first(']'); next_is == Next::item; next_is = next(']')) {
    if (!element() || !ok()) return false;
  }
  return ok();
}

}  // namespace providers

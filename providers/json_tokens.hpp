// The tokens of a JSON text and a validating walk over them. simdjson finds the tokens (and checks UTF-8 and
// control characters); the walk here checks the rest of the grammar, so that every byte of a text is
// validated in the same pass that finds what is looked for, and positions come for nothing. Accepts what
// simdjson's DOM accepts (RFC 8259, 64-bit numbers), to a depth of 128. Belongs to one thread; reused from
// text to text so that it seldom allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace providers {

// Bytes [begin, end) of a text.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool empty() const { return begin == end; }
  std::size_t size() const { return end - begin; }
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

enum class JsonType { object, array, string, number, boolean, null };
// "an object", "a string"
std::string_view name_of(JsonType type);

class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(JsonTokens&&) noexcept;
  JsonTokens& operator=(JsonTokens&&) noexcept;

 private:
  friend class JsonWalk;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace providers

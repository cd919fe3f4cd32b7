// Where the tokens of a JSON text are. simdjson finds them, and checks UTF-8 and control characters, at a few
// bytes a cycle; JsonWalk reads them. Belongs to one thread; used again for text after text, so that it
// seldom allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace providers {

class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(JsonTokens&&) noexcept;
  JsonTokens& operator=(JsonTokens&&) noexcept;

  enum class Found { tokens, bad_utf8, unclosed_string, control_character, nothing };

  // Valid until the next call: the offset of each token, and behind the last one the text's size.
  Found find(std::string_view text);
  std::span<const std::uint32_t> offsets() const { return offsets_; }

  // Gives back what a large text took.
  void shrink();

 private:
  struct Finder;
  std::unique_ptr<Finder> finder_;
  std::span<const std::uint32_t> offsets_;
};

}  // namespace providers

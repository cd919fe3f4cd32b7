// A choice of a chat reply as it stands in its event: where its members are that a correction may have to
// edit. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/conversation/text.hpp"
#include "providers/dialect/passed.hpp"
#include "providers/json/json_walk.hpp"

namespace providers {

constexpr std::size_t most_choices = Choices().size();

// A member's value, and all of the member; empty: it is not there.
struct FoundMember {
  ByteRange value{};
  ByteRange member{};
  bool is_blank = false;  // null, or an empty string

  bool tells() const { return !value.empty() && !is_blank; }
};

struct FoundCall {
  std::size_t begin = 0;  // behind its brace
  ByteRange index_value{};
  ByteRange object{};  // its arguments, where they are no text
  std::optional<std::int64_t> index{};
  std::string_view id{};
};

struct FoundChoice {
  std::size_t index = 0;
  ByteRange message{};  // `delta` or `message`, the braces included
  bool is_delta = false;
  bool has_members = false;
  bool shows_more = false;  // a refusal, sound, pictures, a text in parts
  bool has_text = false;    // its content is a string
  bool is_parted = false;   // its content is a list of texts and thoughts, and nothing else
  std::string parts_text{}, parts_thinking{};  // of that list, raw
  std::size_t begin = 0;                       // behind the choice's brace
  FoundMember content{}, reasoning{}, reasoning_content{};
  Text text{};
  std::vector<FoundCall> calls{};
  ByteRange no_delta{};  // the null in its place
  std::size_t finish_begin = 0;
  ByteRange finish_value{};
  std::string_view finish;
  bool tells_native = false;  // its host's own word is there as well
};

// The object at which `walk` stands, within `data`. False: it is not JSON.
bool read_choice(JsonWalk& walk, std::string_view data, FoundChoice& found);

}  // namespace providers

// Looks into JSON that clients of simulated hosts send: the texts of its values, read no further than needed.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/json/json_walk.hpp"

namespace providers {

// Calls `use` with the key and the text of the value of each member. False: no object.
template <class Use>
bool each_member(std::string_view text, Use use) {
  JsonTokens tokens;
  JsonWalk walk(tokens, text, JsonWalk::Depth::any);
  return walk.ok() && walk.object([&](const JsonString& key) {
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    use(key, text.substr(begin, walk.end() - begin));
    return true;
  });
}

// The same with each element. False: no array.
template <class Use>
bool each_element(std::string_view text, Use use) {
  JsonTokens tokens;
  JsonWalk walk(tokens, text, JsonWalk::Depth::any);
  return walk.ok() && walk.array([&] {
    const std::size_t begin = walk.position();
    if (!walk.skip()) return false;
    use(text.substr(begin, walk.end() - begin));
    return true;
  });
}

// Of a string; nothing where it is none.
std::optional<std::string> text_of(std::string_view value);
// Whether it is there, and not null.
bool is_given(std::string_view value);
// The text of a member's value; empty where there is none, or no object.
std::string_view member_of(std::string_view object, std::string_view name);
// Without the white space between its tokens.
std::string minified(std::string_view value);

}  // namespace providers

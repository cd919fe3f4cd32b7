// Where a text that broke off is cut, so that a model can go on from there. Pure; UTF-8.
#pragma once

#include <string_view>

namespace gateway {

// A text so far, cut where a model can go on: before its last white space, if that is near its end.
struct Cut {
  std::string_view given;     // to go on from; empty: the answer is asked for anew
  std::string_view repeated;  // what the client has behind that, and gets a second time
};
// Nothing of `said` is lost: it is `given` and `repeated`.
Cut cut_for_going_on(std::string_view said);

// What of a text counts as white space in it.
inline constexpr std::string_view white_space = " \t\n\r";
// What is repeated at most: a word, mostly, and some of what is before it where a host begins with that.
inline constexpr std::size_t longest_repeated = 64;

}  // namespace gateway

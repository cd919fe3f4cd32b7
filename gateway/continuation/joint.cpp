#include "gateway/continuation/joint.hpp"

#include <algorithm>

namespace gateway {
namespace {

// By so much a host is seen to begin anew; a shorter text by all of it.
constexpr std::size_t telling = 64;
constexpr std::size_t shortest_overlap = 4;
// Of a text without spaces, as Chinese is, which often says a character or two again.
constexpr std::size_t shortest_without_spaces = 12;

std::string_view without_spaces_before(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(white_space);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool is_begin_of_character(std::string_view text, std::size_t at) {
  return at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
}

}  // namespace

Joint::Fit Joint::take(std::string_view text, std::string& out) {
  if (fit_ == Fit::fits) {
    out += text;
    return fit_;
  }
  if (fit_ == Fit::not_at_all) return fit_;
  held_ += text;
  return decide(Ending::open, out);
}

Joint::Fit Joint::end(std::string& out) {
  return fit_ == Fit::unsure ? decide(Ending::closed, out) : fit_;
}

Joint::Fit Joint::decide(Ending ending, std::string& out) {
  // The answer may end where it broke off.
  const bool has_nothing = ending == Ending::closed && without_spaces_before(held_).empty();
  if (has_nothing && without_spaces_before(cut_.repeated).empty()) return fit_ = Fit::fits;
  std::size_t begin = 0;
  const Fit anew = cut_.given.empty() ? Fit::not_at_all : begins_anew(ending);
  if (anew == Fit::fits) return fit_ = Fit::not_at_all;
  const Fit found = find_begin(ending, begin);
  if (found == Fit::not_at_all) return fit_ = found;
  if (found == Fit::unsure || anew == Fit::unsure) return Fit::unsure;
  out.append(held_, begin);
  held_.clear();
  return fit_ = Fit::fits;
}

// Whether what came is the begin of the whole text.
Joint::Fit Joint::begins_anew(Ending ending) const {
  const std::string_view told = said_.substr(0, std::min(said_.size(), telling));
  return repeats(told, ending);
}

Joint::Fit Joint::repeats(std::string_view what, Ending ending) const {
  const std::size_t same = static_cast<std::size_t>(
      std::mismatch(what.begin(), what.end(), held_.begin(), held_.end()).first - what.begin());
  if (same == what.size()) return Fit::fits;
  const bool may_come = same == held_.size() && ending == Ending::open;
  return may_come ? Fit::unsure : Fit::not_at_all;
}

Joint::Fit Joint::find_begin(Ending ending, std::size_t& begin) const {
  const bool has_spaces = !cut_.repeated.empty();
  if (has_spaces) {
    const Fit exact = repeats(cut_.repeated, ending);
    begin = cut_.repeated.size();
    if (exact != Fit::not_at_all) return exact;
  }
  // Some leave out the space that they are to begin with.
  const bool is_word = !held_.empty() && white_space.find(held_[0]) == std::string_view::npos;
  const std::string_view word = without_spaces_before(cut_.repeated);
  if (!word.empty() && word.size() < cut_.repeated.size() && is_word) {
    const Fit loose = repeats(word, ending);
    begin = word.size();
    if (loose != Fit::not_at_all) return loose;
  }
  // Others begin with the end of what they were given.
  const std::string_view given = cut_.given;
  const std::size_t longest = std::min(given.size(), longest_repeated);
  const std::size_t shortest = has_spaces ? shortest_overlap : shortest_without_spaces;
  bool is_open = false;
  for (std::size_t length = longest; length >= shortest; --length) {
    if (!is_begin_of_character(given, given.size() - length)) continue;
    const std::string_view overlap = said_.substr(given.size() - length);
    const Fit fit = repeats(overlap, ending);
    begin = overlap.size();
    if (fit == Fit::fits) return is_open ? Fit::unsure : fit;  // a longer one may fit yet
    is_open = is_open || fit == Fit::unsure;
  }
  if (is_open) return Fit::unsure;
  // Behind a whole word any other may come.
  begin = 0;
  return word.empty() && (is_word || !has_spaces) ? Fit::fits : Fit::not_at_all;
}

}  // namespace gateway

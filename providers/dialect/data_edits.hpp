// What is put in place of parts of a host's text, so that the rest of it goes on as it came. Gathered in any
// order; places do not overlap. Belongs to one reply, and is used again for each of its events.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json/json_text.hpp"

namespace providers {

class DataEdits {
 public:
  // An empty place: the text is put in there, behind what was put in there before. `text` must stay.
  void put(const ByteRange& place, std::string_view text) {
    if (edits_.capacity() == 0) edits_.reserve(usual);
    edits_.push_back({place, text});
  }
  void clear() { edits_.clear(); }
  bool empty() const { return edits_.empty(); }

  // Puts `text`, edited, behind what is in `out`.
  void write(std::string_view text, std::string& out) {
    const auto stands_before = [](const Edit& a, const Edit& b) { return a.place.begin < b.place.begin; };
    // Sorting takes memory, and most are in order.
    if (!std::is_sorted(edits_.begin(), edits_.end(), stands_before)) {
      std::stable_sort(edits_.begin(), edits_.end(), stands_before);
    }
    std::size_t copied = 0;
    for (const Edit& each : edits_) {
      out.append(text.substr(copied, each.place.begin - copied)).append(each.text);
      copied = each.place.end;
    }
    out.append(text.substr(copied));
  }
  // Where in what was written stands what stood at `range`, in which nothing is edited.
  ByteRange moved(const ByteRange& range) const {
    if (range.empty()) return range;
    std::size_t more = 0, less = 0;
    for (const Edit& each : edits_) {
      if (each.place.begin > range.begin) continue;
      more += each.text.size();
      less += each.place.size();
    }
    return {range.begin + more - less, range.end + more - less};
  }

 private:
  static constexpr std::size_t usual = 4;  // most replies have three names of ours
  struct Edit {
    ByteRange place;
    std::string_view text;
  };
  std::vector<Edit> edits_;
};

}  // namespace providers

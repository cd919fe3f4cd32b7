#include "gateway/serving/renamed.hpp"

#include <utility>

namespace gateway {

std::string renamed(std::string_view text, Renaming one, Renaming other) {
  if (other.place.begin < one.place.begin) std::swap(one, other);
  std::string result;
  result.reserve(text.size() + one.name.size() + other.name.size());
  std::size_t copied = 0;
  for (const Renaming& each : {one, other}) {
    if (each.place.empty()) continue;
    result.append(text.substr(copied, each.place.begin - copied)).append(1, '"');
    providers::append_escaped(result, each.name);
    result += '"';
    copied = each.place.end;
  }
  return result.append(text.substr(copied));
}

}  // namespace gateway

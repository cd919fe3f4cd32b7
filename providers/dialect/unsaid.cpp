#include "providers/dialect/unsaid.hpp"

#include <algorithm>

namespace providers {

void add_name(std::vector<std::string_view>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

Unsaid unsaid(const Conversation& conversation, const Matters& carried) {
  Unsaid result;
  const auto add = [&](Weight weight, std::string_view name) {
    add_name(weight == Weight::need ? result.needs : result.hints, name);
  };
  const Matters missing = matters_of(conversation).without(carried);
  for (std::size_t i = 0; i < matter_count; ++i) {
    const auto matter = static_cast<Matter>(i);
    if (!missing.has(matter)) continue;
    if (weight_of(matter) == Weight::need && !result.needed) result.needed = matter;
    add(weight_of(matter), name_of(matter));
  }
  for (const Beyond& beyond : conversation.beyond) add(beyond.weight, beyond.param);
  return result;
}

}  // namespace providers

#include "config/forms/fleet_leaf.hpp"

namespace config {

std::optional<MinuteOfDay> MinuteForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a time of day (UTC) such as `16:30`";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  if (text->size() == 5 && (*text)[2] == ':') {
    const auto hours = parse_whole(text->substr(0, 2)), minutes = parse_whole(text->substr(3, 2));
    const bool good = hours && minutes && *hours >= 0 && *hours < 24 && *minutes >= 0 && *minutes < 60;
    if (good) return MinuteOfDay{static_cast<int>(*hours * 60 + *minutes)};
  }
  node.refuse(wanted);
  return std::nullopt;
}

std::optional<std::uint64_t> SeedForm::read(const Node& node) const {
  constexpr std::string_view wanted = "a whole number from 0 on";
  const auto text = text_of(node, wanted);
  if (!text) return std::nullopt;
  const auto value = parse_whole(*text);
  if (value && *value >= 0) return static_cast<std::uint64_t>(*value);
  node.refuse(wanted);
  return std::nullopt;
}

}  // namespace config

#include "config/forms/fleet_leaf.hpp"

namespace config {

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

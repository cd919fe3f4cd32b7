// The forms of single values that only fleet files have. See form.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "config/forms/leaf.hpp"
#include "config/forms/price_form.hpp"
#include "config/values/fleet.hpp"

namespace config {

struct SeedForm {
  using Value = std::uint64_t;
  std::optional<std::uint64_t> read(const Node& node) const;
  JsonMembers schema() const { return {{"type", json_string("integer")}, {"minimum", "0"}}; }
  std::string show(std::uint64_t value) const { return std::to_string(value); }
};

inline DurationForm<Seconds> seconds_form() {
  return {Seconds(0), Seconds(366.0 * 86'400)};
}
inline RealForm probability_form() {
  return {0, 1};
}
inline RealForm factor_form() {
  return {0, 1000};
}
inline RealForm deviation_form() {
  return {0, 5};
}

}  // namespace config

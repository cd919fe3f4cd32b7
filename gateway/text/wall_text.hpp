// A point in calendar time as RFC 3339 writes it, in UTC: "2026-11-22T07:13:39.123Z". Pure.
#pragma once

#include <array>
#include <string_view>

#include "config/values/units.hpp"

namespace gateway {

class WallText {
 public:
  explicit WallText(config::WallTime time);
  std::string_view view() const { return {text_.data(), 24}; }

 private:
  std::array<char, 25> text_;
};

}  // namespace gateway

// What is said of quotas, in JSON and on command lines, and how they are said. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

// Takes what `value` says of it, and leaves the rest; what is wrong with it, in words, or nothing.
std::optional<std::string> read_quota(const boost::json::value& value, config::Quota& quota);
// "dollars/day=10", "requests/minute=none", "concurrent=4".
std::optional<std::string> read_limit(std::string_view text, config::Quota& quota);
boost::json::object quota_object(const config::Quota& quota);

// Where a word stands in a list of them.
template <std::size_t size>
std::optional<std::size_t> index_in(const std::array<std::string_view, size>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace gateway

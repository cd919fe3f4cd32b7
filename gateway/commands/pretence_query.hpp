// As whom and when a gateway is asked to look, as the query of a page. Pure.
#pragma once

#include <string>
#include <string_view>

#include "providers/dialect/path_segment.hpp"

namespace gateway {

// "as=ci&at=03%3A00"; what is empty is not said.
inline std::string pretence_query(const std::string& as, const std::string& team, const std::string& at) {
  std::string query;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    query.append(query.empty() ? "" : "&").append(name).append("=");
    providers::append_segment(query, value);
  };
  add("as", as), add("team", team), add("at", at);
  return query;
}

}  // namespace gateway

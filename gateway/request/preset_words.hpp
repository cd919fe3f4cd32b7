// A preset's defaults, which are written as a chat's members, in the words of the API of a call. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/format.hpp"

namespace gateway {

struct SaidDefault {
  std::string_view member;  // of the body; static, or `name`
  std::string value;        // JSON
};
// Nothing where the API has no word for it. `name` must outlive the result.
std::optional<SaidDefault> said_default(config::Format format, std::string_view name, std::string_view value);

// The member that holds what is said before everything else; empty: the API has none.
std::string_view system_member(config::Format format);

}  // namespace gateway

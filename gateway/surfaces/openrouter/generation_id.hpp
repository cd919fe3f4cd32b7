// What OpenRouter's clients know a reply by. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gateway {

// "gen-abc" of the request "req_abc".
inline std::string generation_id(std::string_view request_id) {
  constexpr std::string_view ours = "req_";
  if (request_id.starts_with(ours)) request_id.remove_prefix(ours.size());
  return std::string("gen-").append(request_id);
}

// The header field that says it.
inline std::string generation_field(std::string_view request_id) {
  return "X-Generation-Id: " + generation_id(request_id) + "\r\n";
}

}  // namespace gateway

// The first line of a request: method, target and version, by the gate's strict rules.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/http/http_gate.hpp"

namespace gateway {

// `line` is without its CRLF. Fills method, path, query and version of `head`, or says why not.
std::optional<Refusal> read_request_line(std::string_view line, std::size_t target_limit, RequestHead& head);

// "GET".
std::string_view text_of(Method method);

// Of a line that is not yet complete: whether it can still become one. It answers those at once who speak
// another protocol and would wait for us.
std::optional<Refusal> check_line_start(std::string_view start, std::size_t target_limit);

}  // namespace gateway

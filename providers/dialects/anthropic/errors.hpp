// Anthropic's errors: {"type":"error","error":{"type","message"}}. Pure.
#pragma once

#include <string_view>

#include "providers/json/json_walk.hpp"
#include "providers/reports/fault_of_reply.hpp"
#include "providers/reports/reported_error.hpp"

namespace providers {

// Consumes the value of an `error` member. Its status is the one that goes with its type.
ReportedError read_anthropic_error_value(JsonWalk& walk);
// Of a reply whose status says that it is one. Best effort, never fails.
ReportedError read_anthropic_error(std::string_view body, JsonTokens& tokens);

// As fault_of_reply().
ReadFault fault_of_anthropic(int status, const ReportedError& error);

}  // namespace providers

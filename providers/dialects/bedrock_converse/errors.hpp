// Bedrock's errors: {"message"}, with what it is in a header field; in a stream, frames that name an
// exception. Pure.
#pragma once

#include <string_view>

#include "providers/http/event_stream.hpp"
#include "providers/reports/fault_of_reply.hpp"
#include "providers/reports/reported_error.hpp"

namespace providers {

// Of a reply whose status says that it is one. Best effort, never fails.
ReportedError read_bedrock_error(std::string_view body, JsonTokens& tokens);
// Of a frame that is no event.
ReportedError read_bedrock_exception(const EventFrame& frame, JsonTokens& tokens);

// As fault_of_reply().
ReadFault fault_of_bedrock(int status, const ReportedError& error);

}  // namespace providers

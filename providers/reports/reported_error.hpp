// An error as a host words it, in whichever shape. Not scrubbed: whoever shows it does that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/json/json_walk.hpp"

namespace providers {

struct ReportedError {
  std::string message;            // plain text, whatever the host made of it
  std::string code;               // a number is given as its digits
  std::string type;               // `type`, else `error_type`, also of `metadata`, else Google's `status`
  int status = 0;                 // where a number among them is an HTTP status; else 0
  std::string param;              // the member of the request at fault
  std::string failed_generation;  // what the model wrote and the host could not read as a tool call
};

// Consumes the value of an `error` member: an object, a text or a list of either.
ReportedError read_error_value(JsonWalk& walk);
// Takes one member of an error object into `error`; consumes it in any case. Returns whether to go on.
bool read_error_member(JsonWalk& walk, const JsonString& key, ReportedError& error);

// Consumes MiniMax's report of how a call went, which stands in every reply, also with a 200: nothing where
// it went well.
std::optional<ReportedError> read_base_resp(JsonWalk& walk);

// The error in the body of a reply whose status already says that it is one. Best effort, never fails: a body
// that is not JSON is the message, as plain text.
ReportedError read_error(std::string_view body, JsonTokens& tokens);

}  // namespace providers

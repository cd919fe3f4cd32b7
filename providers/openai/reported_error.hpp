// An error as a host words it, in whichever shape. Not scrubbed: whoever shows it does that.
#pragma once

#include <string>
#include <string_view>

#include "providers/json/json_walk.hpp"

namespace providers {

struct ReportedError {
  std::string message;
  std::string code;  // a number is given as its digits
  std::string type;  // `type`, else `error_type`, also of `metadata`
  int status = 0;    // where a number among them is an HTTP status; else 0
};

// Consumes the value of an `error` member: an object or a text.
ReportedError read_error_value(JsonWalk& walk);
// Takes one member of an error object into `error`; consumes it in any case. Returns whether to go on.
bool read_error_member(JsonWalk& walk, const JsonString& key, ReportedError& error);

// The error in the body of a reply whose status already says that it is one. Best effort, never fails: a body
// that is not JSON is the message.
ReportedError read_error(std::string_view body, JsonTokens& tokens);

}  // namespace providers

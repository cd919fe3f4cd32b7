// Whose fault it is that a host reports an error: read from its status, code, type and wording, the same way
// whether it came as a status, in the body of a 200, or in the middle of a stream. Pure.
#pragma once

#include <string_view>

#include "providers/reports/reported_error.hpp"
#include "routing/terms/outcome.hpp"

namespace providers {

struct ReadFault {
  routing::FailureKind kind{};
  int status = 0;  // of the reply, else what the error says of itself; 0 where neither does
  // What the request is at fault for, in OpenAI's words where it has one: "content_filter",
  // "unsupported_by_provider", "context_length_exceeded"; empty where the host's words tell nothing.
  std::string_view cause;
  // What may be of our configuration, or of this request alone: a 403, 404, 410 or 412 that does not say what
  // it is about, a model that is not there, a place or an account that is not served.
  bool is_doubtful = false;
};

// `status` is that of the reply. Words only ever clear a host; nothing a message says makes it guilty, since
// clients can have their own text in it, but for the begin of a few sentences of hosts' own, which leave a
// doubt.
ReadFault fault_of_reply(int status, const ReportedError& error);

}  // namespace providers

// A record as one line of JSON, as the request log has it. Pure. No prompt, no answer and no credential can
// be in it, because no record holds one; whatever the client sent is escaped, so that one request is one
// line.
#pragma once

#include <string>

#include "gateway/observe/record.hpp"

namespace gateway {

// Appends the line and its '\n'. Does not allocate once `out` has the capacity.
void append_log_line(const Record& record, std::string& out);

}  // namespace gateway

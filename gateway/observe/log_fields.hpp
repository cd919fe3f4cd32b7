// Every field of a line of the request log, in words. What lines hold is in log_line.cpp; a test holds the
// two together.
#pragma once

#include <span>
#include <string_view>

namespace gateway {

struct LogField {
  std::string_view name;
  std::string_view meaning;
};

std::span<const LogField> request_log_fields();
// Of one of its `attempts`.
std::span<const LogField> attempt_log_fields();

}  // namespace gateway

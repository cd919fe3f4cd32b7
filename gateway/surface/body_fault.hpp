// Why a request's body is refused, always with status 400. A value.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/assert/source_location.hpp>

namespace gateway {

struct BodyFault {
  std::string_view code;  // "invalid_json", "duplicate_key", "invalid_type", "invalid_value"; static text
  std::string param;      // "messages[2].content", or empty
  std::string message;    // names the place, what was found and what is allowed
};

// What a Result does whose value is taken though it is a fault: a bug of ours.
[[noreturn]] inline void throw_exception_from_error(const BodyFault& fault, const boost::source_location&) {
  throw std::logic_error(fault.message);
}

}  // namespace gateway

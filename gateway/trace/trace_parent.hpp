// Where a request belongs in a trace: what its client said in `traceparent` (W3C Trace Context), or the root
// of one of its own. A value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway {

struct TraceParent {
  std::string_view trace;   // 32 hexadecimal digits, of the text it was read from
  std::string_view parent;  // 16
  bool is_sampled = false;
};

// Nothing where it is none: of a later version only what this one knows is read.
std::optional<TraceParent> trace_parent(std::string_view field);

// Identifiers of spans: none is all zeros.
std::array<char, 16> span_id(std::uint64_t seed);
std::array<char, 32> trace_id(std::uint64_t seed);

}  // namespace gateway

// Where a request belongs in a trace: what its client said in `traceparent` (W3C Trace Context), or the root
// of one of its own. A value.
#pragma once

#include <array>
#include <cstddef>
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

// Whether a request without a sampled parent is exported, and one with an unsampled one.
struct Sampling {
  bool follows_parent = true;
  double share = 1;  // of those that follow nobody
};

// `seed` is the hash of the request's id.
bool is_exported(const std::optional<TraceParent>& parent, const Sampling& sampling, std::uint64_t seed);

// Identifiers of spans: none is all zeros.
std::array<char, 16> span_id(std::uint64_t seed);
std::array<char, 32> trace_id(std::uint64_t seed);
// Of the request's attempt of that number, counted from 0; `seed` as above.
std::array<char, 16> attempt_span_id(std::uint64_t seed, std::size_t attempt);

// What a host is told of the request's trace: that it is beneath the span of the attempt where that is
// exported, else what the client said; empty where it said nothing. `sampling`: absent where nothing is
// exported. `of_client` as trace_parent reads it.
std::string traceparent_for_host(std::string_view request_id, std::string_view of_client, std::size_t attempt,
                                 const std::optional<Sampling>& sampling);

}  // namespace gateway

// A request as spans of OpenTelemetry, in OTLP's JSON: one of kind SERVER for the request, one of kind CLIENT
// for each attempt. Names are those of the GenAI conventions that the configuration says; what these have no
// word for is `isocost.*`. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/observe/record.hpp"
#include "gateway/trace/trace_parent.hpp"

namespace gateway {

// Appends the request's spans, commas between them, to those in `out`. Returns how many; 0 where it is not
// sampled.
std::size_t append_spans(const Record& record, const Sampling& sampling, std::string& out);

}  // namespace gateway

// Metrics in Prometheus' text format as a collector takes them: the same families by the same names. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/values/units.hpp"
#include "gateway/trace/otlp_settings.hpp"

namespace gateway {

// The body of a POST. Counters are sums since the process began, as the text says it, or since `now`. What is
// no number, or of a type without a word there, is left out.
std::string otlp_metrics(std::string_view text, const OtlpSettings& settings, const std::string& version,
                         config::WallTime now);

}  // namespace gateway

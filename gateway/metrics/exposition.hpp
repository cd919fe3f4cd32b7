// Collected series as Prometheus reads them, in the text format of version 0.0.4. Only for metrics*.cpp: the
// library's own way costs several times as much, on the loop that learns. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <span>
#include <string>

namespace gateway {

std::string exposition(std::span<const prometheus::MetricFamily> families);

}  // namespace gateway

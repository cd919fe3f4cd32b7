// Whether the servers that gateways share can be reached and let this one in. Nothing is written there.
#pragma once

#include <chrono>

#include "config/values/settings.hpp"
#include "gateway/doctor/finding.hpp"

namespace gateway {

// Of those that the configuration names.
Findings findings_of_shared(const config::Settings& settings, std::chrono::seconds patience);

}  // namespace gateway

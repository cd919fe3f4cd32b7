// Whether a host can be reached from here: its name, a connection, its certificate and the days that it has
// left, an answer of any kind, and the time that it has. No key is sent, and nothing that would cost
// anything.
#pragma once

#include <chrono>

#include "config/values/settings.hpp"
#include "gateway/doctor/finding.hpp"

namespace gateway {

Finding reach(const config::ProviderSettings& host, std::chrono::seconds patience);

}  // namespace gateway

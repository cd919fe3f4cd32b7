// What this machine gives to a gateway: descriptors, memory, its clock, name servers, trusted
// authorities, the state directory, what clients are shown, and the addresses to listen on. Looks, and
// changes nothing that stays.
#pragma once

#include "config/values/settings.hpp"
#include "gateway/doctor/finding.hpp"

namespace gateway {

Findings findings_of_machine(const config::Settings& settings);

}  // namespace gateway

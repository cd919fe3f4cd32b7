// What probing found, for people and for programs. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/probe/probe.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

std::string probe_table(const std::vector<ProbeResult>& results, const Screen& screen);
std::string probe_json(const std::vector<ProbeResult>& results);

}  // namespace gateway

// A comparison as a table for people, as CSV and as JSON for programs. Pure; the same comparison gives the
// same bytes.
#pragma once

#include <string>

#include "gateway/simulate/comparison.hpp"
#include "gateway/simulate/result_table.hpp"

namespace gateway {

std::string comparison_table(const Comparison& comparison, TableForm form);
// Why requests failed, a line for each who failed any: how their last attempts ended, the most frequent
// first.
std::string failure_reasons(const Comparison& comparison);
std::string comparison_csv(const Comparison& comparison);
// `command` reproduces it.
std::string comparison_json(const Comparison& comparison, const std::string& command);
// What was measured of the machine, and differs from run to run.
std::string decision_times(const Comparison& comparison);

}  // namespace gateway

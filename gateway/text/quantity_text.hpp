// Quantities as a person reads them in a narrow column: "420 ms", "1.2 s", "$0.0012", "12.3k". Pure.
// NaN is what nobody knows yet, and is shown as "-".
#pragma once

#include <string>

namespace gateway {

std::string time_text(double seconds);     // "0.8 ms", "420 ms", "1.24 s", "38.2 s", "12 min"
std::string money_text(double dollars);    // two or three digits that matter: "$0.00042", "$1.24", "$312"
std::string percent_text(double share);    // of 1: "0.4 %", "38 %", "100 %"
std::string count_text(double count);      // "7", "980", "12.3k", "4.5M"
std::string rate_text(double per_second);  // "9.4", "128"
std::string span_text(double seconds);     // "12 s", "3 min", "5 h 12 min", "9 d 4 h"

}  // namespace gateway

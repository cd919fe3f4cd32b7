// A recorded request explained: its journey, each decision on it with every candidate, what was predicted
// beside what turned out. As JSON and as a table for a terminal. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/recall/recall.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

// Times are milliseconds from the moment when the request was there.
std::string request_page(const Recalled& recalled);
std::vector<std::string> request_table(const Recalled& recalled, const Screen& screen);

}  // namespace gateway

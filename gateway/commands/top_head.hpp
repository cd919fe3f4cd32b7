// What stands above the table of `isocost top`: whose and what state it is, limits and budgets. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "gateway/text/table.hpp"

namespace gateway {

std::string top_header(const boost::json::object& status, const Screen& screen);

// "policy batch: $31.20 of $40 today, money counts 1.6 x", of those that overrun their plan before others.
std::vector<std::string> budget_lines(const boost::json::object& status, const Screen& screen);

// "team search: $3.10 of $10 a day", those that are used most before others.
std::vector<std::string> limit_lines(const boost::json::object& status, const Screen& screen);

// The status page of a key or a team with what /admin/limits says of them, and of everybody.
std::string with_limits(const std::string& status, const std::string& limits);

}  // namespace gateway

// What `isocost top` shows: the status page as lines for a terminal. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/text/table.hpp"

namespace gateway {

enum class SortBy { share, ttft, throughput, price, failures, name };

// `status` is the JSON of status_page(). Nothing that it says is trusted: a member that is missing or of
// another type is shown as "-", and a text that is no status gives one line that says so.
std::vector<std::string> top_page(std::string_view status, SortBy sort, const Screen& screen);

std::string_view to_text(SortBy sort);

}  // namespace gateway

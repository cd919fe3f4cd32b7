// A request that was refused before any host was looked at, explained: what it asked for, which limit kept it
// out, what its client was told. As JSON, with the members of request_page(), and for a terminal. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/record_file/refusal_book.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

std::string refusal_page(const RefusedRequest& request);
std::vector<std::string> refusal_lines(const RefusedRequest& request, const Screen& screen);

}  // namespace gateway

// As whom and when a gateway is asked to look, as the query of a page. Pure.
#pragma once

#include <string>

namespace gateway {

// "as=ci&at=03%3A00"; what is empty is not said.
std::string pretence_query(const std::string& as, const std::string& team, const std::string& at);

}  // namespace gateway

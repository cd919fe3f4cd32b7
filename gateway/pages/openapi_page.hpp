// The gateway's routes as an OpenAPI 3.1 description, for tools that make clients and forms of one.
#pragma once

#include <string>

namespace gateway {

std::string openapi_page();

}  // namespace gateway

// What browsers want to be told before a page of another site may call here: Fetch's CORS protocol. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

// Whether the operator names the page's origin; `*` names none.
bool is_named(const config::CorsSettings& cors, std::string_view origin);

// The fields of a reply to a page that may read it, each "name: value\r\n"; empty: it may not, or is none.
std::string cors_fields(const config::CorsSettings& cors, std::string_view origin);

// Those of an answer to the question that comes before a call, beside the ones above. `wanted`: the names of
// the fields that the page wants to send.
std::string preflight_fields(std::string_view wanted);

}  // namespace gateway

// Who sends to a collector, and attributes, as OTLP writes them in JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/trace/otlp_settings.hpp"

namespace gateway {

// Behind what is in `out`, with a comma where it is not the first in its list.
void otlp_attribute(std::string_view key, std::string_view value, std::string& out);
std::string otlp_resource(const OtlpSettings& settings, const std::string& version);

}  // namespace gateway

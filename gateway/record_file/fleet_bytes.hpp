// The part of a configuration that decisions read, as bytes: hosts, models, prices, policies, names of keys.
// No credential, no client key, no address is in it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

std::string to_bytes(const config::Settings& settings);
// Nothing when the bytes are damaged. What is not kept has its default.
std::optional<config::Settings> settings_from(std::string_view bytes);

}  // namespace gateway

// What a person is told when the gateway is up: how to call it, in text that works when pasted. Pure.
#pragma once

#include <string>

#include "config/values/settings.hpp"

namespace gateway {

std::string welcome(const std::string& url, const config::Settings& settings);

}  // namespace gateway

// The dry run of a call: the decision that it would get now, without sending anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/inference.hpp"
#include "gateway/table.hpp"

namespace gateway {

// As JSON, or as a table where a screen is given. Changes nothing that later decisions read.
std::string explained(Services& services, const InferenceRequest& request,
                      const std::optional<Screen>& screen);

// The screen that a query asks a table for: "format=table&columns=120&paint=colours". Nothing: JSON.
std::optional<Screen> screen_of(std::string_view query);

}  // namespace gateway

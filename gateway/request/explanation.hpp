// The dry run of a call: the decision that it would get now, without sending anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/request/inference.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

struct Explanation {
  std::string page;    // JSON, or a table where a screen was given
  std::string fields;  // of the reply's head, as a call would get them, but for what only serving makes
};

// Why the rules before the one that picked the request's policy did not.
std::vector<std::string_view> passed_over(const InferenceRequest& request);

// Changes nothing that later decisions read. `kept_out`: why quotas would not let it in now; empty: they
// would.
Explanation explained(DecidingServices& services, const InferenceRequest& request,
                      const std::optional<Screen>& screen, std::string_view kept_out = {});

// The value of one parameter of a query; empty where it is not there.
std::string_view parameter(std::string_view query, std::string_view name);

// The screen that a query asks a table for: "format=table&columns=120&paint=colours". Nothing: JSON.
std::optional<Screen> screen_of(std::string_view query);

}  // namespace gateway

// One request as record files keep it: what its decisions saw, what they were, what became of it; numbers and
// names of the configuration only. Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/observe/record.hpp"
#include "routing/policy/overlay.hpp"
#include "routing/replay/logged_decision.hpp"

namespace gateway {

struct LoggedRequest {
  routing::LoggedDemand demand;
  std::string policy;
  std::uint64_t policy_hash = 0;
  std::optional<routing::ProviderPreferences> preferences{};  // the request's own
  std::vector<routing::LoggedDecision> decisions;
  routing::Attempts attempts;
  Ending ending = Ending::refused;
  int status = 0;
  config::Duration until_first_byte{};
  config::Duration total{};
};

// Whether routing saw it at all.
bool is_replayable(const Record& record);
LoggedRequest logged(const Record& record);

std::string to_bytes(const LoggedRequest& request);
// Nothing when the bytes are damaged.
std::optional<LoggedRequest> logged_request(std::string_view bytes);

}  // namespace gateway

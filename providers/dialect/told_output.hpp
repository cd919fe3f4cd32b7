// How many tokens of an answer a host is asked for. Pure.
#pragma once

#include <algorithm>
#include <optional>

#include "providers/conversation/conversation.hpp"
#include "providers/dialect/host_model.hpp"

namespace providers {

// More than a model can give is refused at many hosts, and its limit is one anyway.
inline std::optional<std::int64_t> told_output(const Conversation& conversation, const HostModel& model) {
  if (!conversation.max_output || !model.max_output) return conversation.max_output;
  return std::min(*conversation.max_output, *model.max_output);
}

}  // namespace providers

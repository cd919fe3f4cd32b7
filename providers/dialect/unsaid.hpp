// What of a request a host cannot be told. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "providers/conversation/matter.hpp"

namespace providers {

// Names of the client's parameters, each once. Views into the conversation, or static.
struct Unsaid {
  std::vector<std::string_view> needs;  // it would be another request without them: the host is left out
  std::vector<std::string_view> hints;  // may be dropped, if the client is told
  std::optional<Matter> needed{};       // that the first of `needs` is; nothing where it is no matter
};

Unsaid unsaid(const Conversation& conversation, const Matters& carried);

// Adds a name that is not there yet.
void add_name(std::vector<std::string_view>& names, std::string_view name);

}  // namespace providers

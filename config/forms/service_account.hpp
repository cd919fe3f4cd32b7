// What the key file of a service account of Google's holds.
#pragma once

#include <optional>
#include <string>

#include "config/values/access.hpp"

namespace config {

// Fills in what `account.file` says; what is wrong with it, without any of its texts, else.
std::optional<std::string> read_service_account(GoogleAccess& account);

}  // namespace config

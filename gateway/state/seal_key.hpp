// The key that ids are sealed with where the configuration names none: made once, and kept in the state
// directory.
#pragma once

#include <string>

#include "config/values/secret.hpp"

namespace gateway {

// 64 hexadecimal digits. Empty where there is no randomness.
std::string new_seal_key();
// Of the file there; makes it, readable by its owner alone. Empty where that cannot be done; `why` then says
// it in words.
config::Secret kept_seal_key(const std::string& directory, std::string& why);

}  // namespace gateway

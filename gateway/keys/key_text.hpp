// Client keys as texts: `isocost_`, 43 digits of 62 that nobody can guess, and 6 more that check them, so
// that scanners and people recognise one, and a mistyped one is known without a look-up.
#pragma once

#include <string>
#include <string_view>

#include "config/values/settings.hpp"

namespace gateway {

// Empty where the system gives no randomness.
std::string new_key();
// Whether it has the form of ours, and its check is right.
bool is_key_of_ours(std::string_view text);
config::KeyHash hash_of_key(std::string_view text);
// "isocost_Ab3d...9xYz": what may be shown of it.
std::string label_of_key(std::string_view text);

std::string hex(const config::KeyHash& hash);

}  // namespace gateway

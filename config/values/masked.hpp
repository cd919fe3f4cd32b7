// Text from a configuration as it may be shown: whatever could be a credential is replaced by asterisks.
// Errs towards hiding. Pure.
#pragma once

#include <string>
#include <string_view>

namespace config {

// The text with the same length. Hidden are: what follows a key such as `credential:` or `token:`, words with
// the prefix of a known kind of key, and long words that mix letters and digits as only keys do. `${NAME}`
// stays.
std::string masked(std::string_view text);

// `text` in backquotes, masked, on one line, cut after 60 characters: how a message quotes what it found.
std::string in_quotes(std::string_view text);

}  // namespace config

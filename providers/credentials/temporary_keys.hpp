// Keys of Amazon's that are given for a while: what the answer says that gives them, and how they are kept as
// one text. Pure: the time is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/access.hpp"
#include "providers/credentials/token_request.hpp"

namespace providers {

// Of an answer of STS (XML, or JSON where it likes) or of an instance's server (JSON). The token is the text
// that with_keys() takes.
GivenToken read_temporary_keys(std::string_view body, config::WallTime now, JsonTokens& tokens);

// The same access, by the keys that came.
config::AwsAccess with_keys(const config::AwsAccess& access, std::string_view keys);

}  // namespace providers

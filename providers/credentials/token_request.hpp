// How access tokens are asked for, and what the answer says. Pure: the time is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/access.hpp"
#include "config/values/units.hpp"

namespace providers {

class JsonTokens;

// A JSON Web Token that the account's key has signed (RS256), good for an hour; nothing where the key is
// none.
std::optional<std::string> signed_assertion(const config::GoogleAccess& account, config::WallTime now);

// Bodies of application/x-www-form-urlencoded.
std::string assertion_form(std::string_view assertion);
std::string client_credentials_form(const config::EntraAccess& application);

struct GivenToken {
  std::string token;  // empty: none was given
  config::Duration life{};
  std::string why_not;  // in the words of who gives them: "invalid_grant: Invalid JWT Signature."
};
GivenToken read_token(std::string_view body, JsonTokens& tokens);

}  // namespace providers

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
// With the token of a workload in place of the application's secret.
std::string workload_form(const config::EntraAccess& application, std::string_view token);
std::string web_identity_form(const config::AwsAccess& role, std::string_view token);

// What a managed identity's token is asked for by, behind the server's address.
std::string managed_identity_target(const config::EntraAccess& identity);

struct GivenToken {
  std::string token;  // empty: none was given
  config::Duration life{};
  std::string why_not;  // in the words of who gives them: "invalid_grant: Invalid JWT Signature."
};
GivenToken read_token(std::string_view body, JsonTokens& tokens);

}  // namespace providers

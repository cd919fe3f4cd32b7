#include "providers/credentials/token_request.hpp"

#include <doctest/doctest.h>

#include "providers/json/json_tokens.hpp"

using namespace providers;

namespace {

GivenToken given(std::string_view body) {
  JsonTokens tokens;
  return read_token(body, tokens);
}

}  // namespace

TEST_CASE("a key that is none signs nothing") {
  config::GoogleAccess account;
  account.email = "a@b.example";
  for (const char* pem : {"", "-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n"}) {
    account.private_key = config::Secret(pem);
    CHECK(!signed_assertion(account, config::WallTime{}));
  }
}

TEST_CASE("an application's secret goes into a form, whatever is in it") {
  config::EntraAccess application;
  application.client_id = "an id";
  application.client_secret = config::Secret("a&b=c/d+e");
  application.scope = "https://ai.azure.com/.default";
  CHECK(client_credentials_form(application) ==
        "grant_type=client_credentials&client_id=an%20id&client_secret=a%26b%3Dc%2Fd%2Be"
        "&scope=https%3A%2F%2Fai.azure.com%2F.default");
}

TEST_CASE("what gives a token is told from what gives none") {
  const GivenToken good = given(R"({"access_token":"ya29.abc","expires_in":3599,"token_type":"Bearer"})");
  CHECK(good.token == "ya29.abc");
  CHECK(good.life == std::chrono::seconds(3'599));
  CHECK(given(R"({"access_token":"t","expires_in":1e9})").life == std::chrono::hours(24));
  const GivenToken refused =
      given(R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})");
  CHECK(refused.token.empty());
  CHECK(refused.why_not == "invalid_grant: Invalid JWT Signature.");
  for (const char* body :
       {"", "<html>", "{}", R"({"access_token":"t"})", R"({"access_token":"","expires_in":3600})",
        R"({"access_token":"a\r\nHost: b","expires_in":3600})", R"({"access_token":"t","expires_in":-1})",
        R"({"access_token":"t","expires_in":3600)"}) {
    CAPTURE(body);
    CHECK(given(body).token.empty());
    CHECK(!given(body).why_not.empty());
  }
}

TEST_CASE("the token of a workload stands in place of a secret, and is exchanged for a role's keys") {
  config::EntraAccess application{.client_id = "id", .scope = "s/.default"};
  CHECK(workload_form(application, "a.b+c") ==
        "grant_type=client_credentials&client_id=id"
        "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        "&client_assertion=a.b%2Bc&scope=s%2F.default");
  config::AwsAccess role;
  role.role = "arn:aws:iam::1:role/r";
  CHECK(web_identity_form(role, "a.b") ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=isocost"
        "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&WebIdentityToken=a.b");
}

TEST_CASE("a machine's identity is asked for what the scope is of, and says how long in a text") {
  config::EntraAccess identity{.scope = "https://cognitiveservices.azure.com/.default"};
  CHECK(managed_identity_target(identity) ==
        "/metadata/identity/oauth2/token?api-version=2018-02-01"
        "&resource=https%3A%2F%2Fcognitiveservices.azure.com");
  identity.client_id = "which one";
  CHECK(managed_identity_target(identity).ends_with("&client_id=which%20one"));
  const GivenToken token = given(R"({"access_token":"t","expires_in":"86399","token_type":"Bearer"})");
  CHECK(token.token == "t");
  CHECK(token.life == std::chrono::seconds(86'399));
}

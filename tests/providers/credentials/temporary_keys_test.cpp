#include "providers/credentials/temporary_keys.hpp"

#include <doctest/doctest.h>

#include "config/values/timestamp.hpp"
#include "providers/json/json_tokens.hpp"

using namespace providers;

namespace {

const config::WallTime now = *config::parse_timestamp("2026-11-29T01:00:00Z");

GivenToken given(std::string_view body) {
  JsonTokens tokens;
  return read_temporary_keys(body, now, tokens);
}

// As an instance's server has it.
std::string of_instance(const std::string& until) {
  return R"({"Code":"Success","LastUpdated":"2026-11-29T00:55:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIA1",)"
         R"("SecretAccessKey":"se/cret","Token":"tok+en==","Expiration":")" +
         until + "\"}";
}

}  // namespace

TEST_CASE("keys for a while are read as STS and an instance's server give them") {
  const std::string xml =
      "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
      "<AssumeRoleWithWebIdentityResult><Credentials><SessionToken>tok+en==</SessionToken>"
      "<SecretAccessKey>se/cret</SecretAccessKey><Expiration>2026-11-29T02:00:00Z</Expiration>"
      "<AccessKeyId>ASIA1</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult>"
      "</AssumeRoleWithWebIdentityResponse>";
  const std::string json =
      R"({"AssumeRoleWithWebIdentityResponse":{"AssumeRoleWithWebIdentityResult":{"Credentials":{)"
      R"("AccessKeyId":"ASIA1","SecretAccessKey":"se/cret","SessionToken":"tok+en==","Expiration":1.795917600E9}}}})";
  for (const std::string& body : {xml, json, of_instance("2026-11-29T02:00:00Z")}) {
    CAPTURE(body);
    const GivenToken keys = given(body);
    CHECK(keys.why_not == "");
    CHECK(keys.life == std::chrono::hours(1));
    const config::AwsAccess with = with_keys({.region = "eu-west-1"}, keys.token);
    CHECK(with.region == "eu-west-1");
    CHECK(with.access_key_id.reveal() == "ASIA1");
    CHECK(with.secret_access_key.reveal() == "se/cret");
    CHECK(with.session_token.reveal() == "tok+en==");
  }
}

TEST_CASE("what gives no keys says why") {
  CHECK(given(of_instance("2026-11-29T00:59:00Z")).why_not == "the keys that came have expired");
  CHECK(
      given("<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>No OpenIDConnect provider found"
            "</Message></Error></ErrorResponse>")
          .why_not == "No OpenIDConnect provider found");
  CHECK(given(R"({"Code":"Failed","Message":"role is not authorized"})").why_not == "role is not authorized");
  for (const char* body : {"", "<html>", "{}", "[]", R"({"AccessKeyId":"a","SecretAccessKey":"b"})"}) {
    CAPTURE(body);
    CHECK(given(body).token.empty());
    CHECK(given(body).why_not == "what came are no temporary keys");
  }
  CHECK(given(of_instance("soon")).token.empty());
  CHECK(
      given(
          R"({"AccessKeyId":"a\r\nHost: b","SecretAccessKey":"b","Token":"c","Expiration":"2026-11-29T02:00:00Z"})")
          .token.empty());
}

#include "providers/credentials/token_request.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "providers/json/json_tokens.hpp"

using namespace providers;

namespace {

GivenToken given(std::string_view body) {
  JsonTokens tokens;
  return read_token(body, tokens);
}

// Made for this test, and of use to nobody: its signature is that of `openssl dgst -sha256 -sign`.
const std::string test_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCrp1tBF5AnKiW8\n"
    "XCsKQthyB4ow/eB9kGVzIq+Uhs780NXPAeiCkqunSXAxPtgspCOc6OZloZtYK1Cm\n"
    "A2ZpOCZshKjS8dBU3PNrD434VpJdU2vuUgf2dySsS96ZE23Eq7mQZJxLTWNmL3Cc\n"
    "cN/ZuFr23HFfPfX90D0CngEVS81U+571T5njGO+HnHJM3qanykKdzm4x4j5X6msv\n"
    "Oj3U/PF8jp6/MBnu6TlLCf56oGpWCo6ZQVRRZobHQr8OIzOUvuyxQdaVW2Ju1LjM\n"
    "2GY9kENkBYCjjN1CVYoaxl8q1tnC6Sd/loDdFHc2WaOwA0sn1EYMGq7It1e9czxJ\n"
    "brrhJ1EVAgMBAAECggEAB6nrKxbQOs9o6+X5jfW6EC1CADn1geWmgeN0j18NcsAo\n"
    "K5vcM6g0vb1Lowc5Q5T4ehLz5mm2s9MLQL46HkyBeqrZlsFxGbjbrVX+cq36zuvg\n"
    "j71d2aUsH/0rLQ5vAi7glA/J4prL604G6xUnCWNvvEHPVf9AMlrPvoQrbDX8LuUS\n"
    "JRQsj4oSwm/41QdbDNX5R88f3TzC8kwCVcLHj/7vRj3VzqW/wExS9Msf7UcMZ/3N\n"
    "MvPKNewqgGp4ClQwb87SwuoBoYOki9drLW0Ev35KeVtFaWRjyxOgtXPip84lE7Be\n"
    "q/5Vz80auCoN5HGIjrgUvPRb3D2ZLvl0T7UM5c+MQQKBgQDxvVTTamQxJgOOVCiL\n"
    "Vs8/jLKUS59H6/H/W+RB+RjCL0u9BEZ2osowOhG++i6HTfQmLGPfjgJAojze2L0m\n"
    "ESGmzn2SPzm2L/m6DZvtfHOVy4LvoFEvxaio782m/fBfheHm/DKEWLpZNCVLGcqh\n"
    "d1jP7UxZXkPQrZpBW9hwDbphzQKBgQC1x5zXS4FFxfkx7SVjkUjeg6/qUPJHhW8t\n"
    "5tYhaZWBnagEgm6XC174K49eydo0TsMv1v5ASyU+OC+oJO4fXNU3vDQIiMPgb4D2\n"
    "+VA6w/7vEfhwDsyigoAaSvECvsQaiYtVISMVs94CQBSrT2dLs5N7R3slPjpbyn+g\n"
    "XDtsWOYEaQKBgHVwAyuJ/g6aZxPX8rJug9Rdp8u/SSwJhdEGdUdPmiWMEIFM+GZe\n"
    "A1eWflSG+d+lkTySSBqsxI9dwbCJHqrFm9GLcxl/Oaw2dl1aiyu+T/Cvo3aCLa7F\n"
    "mYAor4G2z/W39tzeHDSLXkxDtvJbH0N91Vl98J9h2hQgolWqJuWY5bjpAoGAOHeH\n"
    "awGTaJ8056NpB+LrpeN2U+1NNZZnkPSx87MetCLLPItf2x+3IpQ1dxZw5+rHiybX\n"
    "2BT/vrIpa6v9JFTsDuIxr6z8W82HXDDaEUcs/AqzB+ww+RJcxM4ey+GCfVPYqlse\n"
    "0PEMt9o8EXMa/VMNLzBnOox4CGeA+cls1B1RZnECgYEApzBqsfht3czg33FfTfFO\n"
    "KWb5yu289flDiRis/1RHqFlsprRQQ+RtzmwH+qbRJwbLq3N812+U8c/3ymxBR+6y\n"
    "hG9h44cMryScZqexgJcGtapoXPVcrQ2tUOaMUkHnbK6zi+F4nb3m5m5flMMubUrH\n"
    "QpIG8K8isN9vPLCC4sEhMXw=\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace

TEST_CASE("an assertion is signed as OpenSSL's own program signs it, byte for byte") {
  config::GoogleAccess account;
  account.email = "a@b.example";
  account.key_id = "key-1";
  account.private_key = config::Secret(test_key);
  account.token_url = {.host = "oauth2.googleapis.com", .path = "/token"};
  const auto assertion = signed_assertion(account, config::WallTime(std::chrono::seconds(1'764'374'400)));
  REQUIRE(assertion);
  // {"alg":"RS256","typ":"JWT","kid":"key-1"}
  const std::string head = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImtleS0xIn0";
  const std::string claims =
      "eyJpc3MiOiJhQGIuZXhhbXBsZSIsInNjb3BlIjoiaHR0cHM6Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9jbG91ZC1wbGF0"
      "Zm9ybSIsImF1ZCI6Imh0dHBzOi8vb2F1dGgyLmdvb2dsZWFwaXMuY29tL3Rva2VuIiwiaWF0IjoxNzY0Mzc0NDAwLCJleHAi"
      "OjE3NjQzNzgwMDB9";
  const std::string signature =
      "VfPqMzW7xahLyMGRDRB2_kLluNdWF51r7stwOlVbL1d3Ro7eLubN9Our5sHL0JD32vmkTZTFxCjApvTTp_yhfxh049IuSg3E"
      "-XwGzsEWyFB40PHsl4Q1W7Ftq-3T7sPGzA5zxZDnC7ZbGvEYrh8Q-7ssdIoTlrL7C3k3ekDfAtRk4bh49qXmV9Ya_ByF_2pP"
      "28-zuo7yfZU1PrvAX1wYCNNcvMqbbnHIvvVJkShfu0lU-usL89X4hz9PU6AYnFhPDryg49DkXLOLXpkTBhQayNPsIbw5-78U"
      "1zkfbUOsaakU3VmcdeT-GPayI_EWm-vAWuCeGNYiOipkX_NmCc39OQ";
  CHECK(*assertion == head + "." + claims + "." + signature);
}

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

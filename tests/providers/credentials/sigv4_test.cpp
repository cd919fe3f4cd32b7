#include "providers/credentials/sigv4.hpp"

#include <doctest/doctest.h>

#include "providers/credentials/digest.hpp"

using namespace providers;

namespace {

constexpr std::string_view body = R"({"messages":[{"role":"user","content":[{"text":"hi"}]}]})";

// Amazon's own example.
config::AwsAccess example() {
  config::AwsAccess keys;
  keys.region = "us-east-1";
  keys.access_key_id = config::Secret("AKIDEXAMPLE");
  keys.secret_access_key = config::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  return keys;
}

Signable request(std::string_view target, std::span<const std::string_view> pieces) {
  return {.host = "bedrock-runtime.us-east-1.amazonaws.com",
          .target = target,
          .content_type = "application/json",
          .body = pieces};
}

// 2026-01-02T03:04:05Z
const config::WallTime then{std::chrono::seconds(1'767'323'045)};

}  // namespace

TEST_CASE("a request is signed as Amazon's own SDK signs it, however its body comes in pieces") {
  const std::string expected =
      "\r\nX-Amz-Date: 20260102T030405Z\r\nAuthorization: AWS4-HMAC-SHA256 "
      "Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date, "
      "Signature=079f5aba11b4b71f0ef4a66fa3e4f3dab80509cadaa8150f420450b4c69be14e";
  CHECK(body.size() == 56);
  const std::string_view target = "/model/us.deepseek.r1-v1%3A0/converse-stream";
  const std::string_view whole[] = {body};
  CHECK(sigv4_fields(request(target, whole), example(), then) == expected);
  const std::string_view pieces[] = {body.substr(0, 7), body.substr(7, 1), body.substr(8)};
  CHECK(sigv4_fields(request(target, pieces), example(), then) == expected);
}

TEST_CASE("temporary keys bring their token, which is signed, too") {
  config::AwsAccess keys = example();
  const std::string_view whole[] = {body};
  keys.session_token = config::Secret("session/token==");
  const std::string fields = sigv4_fields(request("/model/m/converse", whole), keys, then);
  CHECK(fields.find("\r\nX-Amz-Security-Token: session/token==\r\n") != std::string::npos);
  CHECK(fields.find("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token") != std::string::npos);
  CHECK(fields.find("wJalr") == std::string::npos);
}

TEST_CASE("what is put behind a path is signed in the order of its names") {
  const std::string_view whole[] = {body};
  const auto signature = [&](std::string_view target) {
    const std::string fields = sigv4_fields(request(target, whole), example(), then);
    return fields.substr(fields.find("Signature="));
  };
  CHECK(signature("/p?b=2&a=1") == signature("/p?a=1&b=2"));
  CHECK(signature("/p?a=") == signature("/p?a"));
  CHECK(signature("/p?a=1") != signature("/p"));
}

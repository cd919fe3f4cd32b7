#include "gateway/http/cors.hpp"

#include <doctest/doctest.h>

using namespace gateway;

TEST_CASE("pages of listed origins may read replies, and others not") {
  const config::CorsSettings listed{.origins = {"https://app.example.com", "http://localhost:5173"}};
  const std::string fields = cors_fields(listed, "http://localhost:5173");
  CHECK(fields.find("Access-Control-Allow-Origin: http://localhost:5173\r\n") == 0);
  CHECK(fields.find("\r\nVary: Origin\r\n") != std::string::npos);
  CHECK(fields.find("Access-Control-Expose-Headers: x-request-id") != std::string::npos);
  CHECK(fields.find("x-isocost-cost") != std::string::npos);
  for (const std::string_view other :
       {"https://app.example.com.evil.org", "https://app.example.co", "null"}) {
    CHECK(cors_fields(listed, other) == "Vary: Origin\r\n");
  }
  // A cache must not give what it keeps of a call without a page to one.
  CHECK(cors_fields(listed, "") == "Vary: Origin\r\n");
  CHECK(cors_fields({}, "https://app.example.com").empty());
  CHECK(cors_fields({.origins = {"*"}}, "").empty());
  CHECK(cors_fields({.origins = {"*"}}, "https://any.org").find("Access-Control-Allow-Origin: *\r\n") == 0);
}

TEST_CASE("the question before a call is answered with the fields that the page wants to send") {
  const std::string fields = preflight_fields("authorization,content-type,x-stainless-lang");
  CHECK(fields.find("Access-Control-Allow-Headers: authorization,content-type,x-stainless-lang\r\n") !=
        std::string::npos);
  CHECK(preflight_fields("").find("Allow-Headers") == std::string::npos);
}

#include <doctest/doctest.h>

#include <string>

#include "gateway/surfaces/openai_chat/chat_request.hpp"

using namespace gateway;

namespace {

Inspected inspected(const std::string& members) {
  static providers::JsonTokens tokens;
  return inspect_chat(R"({"model":"m","messages":[{"role":"user","content":"Hi"}],)" + members + "}", tokens);
}

}  // namespace

TEST_CASE("a limit of tokens may be nothing, and how many answers are wanted is from 1 to 128") {
  for (const char* good : {R"("max_tokens":0)", R"("max_completion_tokens":0)", R"("n":1)", R"("n":128)"}) {
    CAPTURE(good);
    CHECK(inspected(good).has_value());
  }
  for (const char* bad : {R"("max_tokens":-1)", R"("max_completion_tokens":-1)", R"("n":0)", R"("n":129)"}) {
    CAPTURE(bad);
    CHECK(inspected(bad).has_error());
  }
}

TEST_CASE("a member of another type is refused at its own place, though more may follow") {
  for (const std::string member : {"reasoning_effort", "session_id", "prompt_cache_key"}) {
    CAPTURE(member);
    const Inspected found = inspected('"' + member + R"(":5,"stream":true,"n":2)");
    REQUIRE(found.has_error());
    CHECK(found.error().param == member);
    CHECK(found.error().code == "invalid_type");
  }
}

#include "providers/dialects/openai_completions/openai_completions.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/dialect/native_replies.hpp"

using namespace providers;

namespace {

const NativeReplies& replies() {
  return *openai_completions_dialect().native();
}

PassedEvent event(const std::string& data) {
  static JsonTokens tokens;
  return replies().event({data, {}, {}, SseEvent::Form::other}, tokens);
}

}  // namespace

TEST_CASE("completions are asked for at their own place, and no conversation is put into them") {
  std::string scratch;
  CHECK(openai_completions_dialect().target({}, routing::Delivery::streamed, scratch) == "/completions");
  CHECK(openai_completions_dialect().interpreter() == nullptr);
}

TEST_CASE("a completion's text shows that the host answers, and its usage is read") {
  const PassedEvent piece =
      event(R"({"id":"cmpl-1","choices":[{"index":0,"text":"Hi","finish_reason":null}]})");
  CHECK(piece.kind == PassedEvent::Kind::delta);
  CHECK(piece.content.decisive());
  const PassedEvent last =
      event(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":7,"total_tokens":10}})");
  REQUIRE(last.usage.usage);
  CHECK(last.usage.usage->output.count == 7);
  CHECK(event("[DONE]").kind == PassedEvent::Kind::done);
  CHECK(event("{").kind == PassedEvent::Kind::bad);
}

TEST_CASE("a whole completion is an answer, an error, or nothing at all") {
  JsonTokens tokens;
  const auto kind = [&](const std::string& body) { return replies().whole(body, tokens).kind; };
  CHECK(kind(R"({"choices":[{"index":0,"text":"Hi","finish_reason":"stop"}]})") == PassedReply::Kind::answer);
  CHECK(kind(R"({"error":{"message":"no","type":"server_error"}})") == PassedReply::Kind::error);
  CHECK(kind(R"({"choices":[]})") == PassedReply::Kind::empty);
  CHECK(kind("[]") == PassedReply::Kind::bad);
}

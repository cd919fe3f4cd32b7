#include "providers/dialects/gemini/native.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "providers/dialects/gemini/reply.hpp"

using namespace providers;
using Kind = PassedEvent::Kind;

namespace {

PassedEvent event(const std::string& data) {
  static JsonTokens tokens;
  return gemini_native_replies().event({data, {}, {}, SseEvent::Form::other}, tokens);
}

PassedReply whole(const std::string& body) {
  JsonTokens tokens;
  return gemini_native_replies().whole(body, tokens);
}

std::string parts(const std::string& list, const std::string& more = "") {
  return R"({"candidates":[{"content":{"role":"model","parts":[)" + list + R"(]},"index":0)" + more +
         R"(}],"modelVersion":"g-1","responseId":"r"})";
}

// The usage of a stream whose events tell it like this, as it is known of one that is passed on, and of one
// that is read for another API's client.
routing::Usage usage_passed(const std::vector<std::string>& told) {
  ReportedUsage usage;
  for (const std::string& each : told) {
    const PassedEvent passed = event(R"({"usageMetadata":)" + each + "}");
    if (passed.usage.usage) usage = gemini_native_replies().joined(usage, passed.usage);
  }
  return usage.usage.value();
}

struct UsageSink final : AnswerSink {
  void take(const AnswerEvent& event) override {
    if (event.kind == AnswerEvent::Kind::usage) usage = event.usage;
  }
  routing::Usage usage;
};

routing::Usage usage_read(const std::vector<std::string>& told) {
  JsonTokens tokens;
  GeminiStream stream(tokens);
  UsageSink sink;
  for (const std::string& each : told) stream.feed(R"(data: {"usageMetadata":)" + each + "}\n\n", sink);
  return sink.usage;
}

}  // namespace

TEST_CASE("what the last event does not tell of a stream's usage stays, whoever reads it") {
  struct Row {
    std::vector<std::string> told;
    std::int64_t prompt, cached, output, reasoning;
  };
  const Row rows[] = {
      {{R"({"promptTokenCount":9,"candidatesTokenCount":2})",
        R"({"promptTokenCount":9,"candidatesTokenCount":5})"},
       9,
       0,
       5,
       0},
      {{R"({"promptTokenCount":9,"cachedContentTokenCount":4})", R"({"candidatesTokenCount":5})"},
       9,
       4,
       5,
       0},
      {{R"({"promptTokenCount":9,"thoughtsTokenCount":7})",
        R"({"promptTokenCount":9,"candidatesTokenCount":5})"},
       9,
       0,
       12,
       7},
      {{R"({"promptTokenCount":9,"candidatesTokenCount":5,"thoughtsTokenCount":3})",
        R"({"thoughtsTokenCount":4})"},
       9,
       0,
       9,
       4},
      {{R"({"promptTokenCount":5,"toolUsePromptTokenCount":3})",
        R"({"promptTokenCount":5,"candidatesTokenCount":1})"},
       8,
       0,
       1,
       0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.told.back());
    for (const routing::Usage& usage : {usage_passed(row.told), usage_read(row.told)}) {
      CHECK(usage.prompt.count == row.prompt);
      CHECK(usage.cached.count == row.cached);
      CHECK(usage.output.count == row.output);
      CHECK(usage.reasoning.count == row.reasoning);
    }
  }
  const std::vector<std::string> media = {
      R"({"promptTokenCount":30,"promptTokensDetails":[{"modality":"IMAGE","tokenCount":20}],"serviceTier":"flex"})",
      R"({"promptTokenCount":30,"candidatesTokenCount":5})"};
  for (const routing::Usage& usage : {usage_passed(media), usage_read(media)}) {
    CHECK(usage.image_prompt.count == 20);
    CHECK(usage.tier == config::ServiceTier::flex);
  }
}

TEST_CASE("what a part of an answer shows is known, and where its host names itself") {
  const std::string text = parts(R"({"text":"Hi"})");
  const PassedEvent said = event(text);
  CHECK(said.kind == Kind::delta);
  CHECK(said.content.text);
  CHECK(said.content.bytes == 2);
  CHECK(said.names.model.of(text) == "\"g-1\"");
  CHECK(said.names.id.of(text) == "\"r\"");
  CHECK(event(parts(R"({"text":"Hm","thought":true})")).content.reasoning);
  CHECK(!event(parts(R"({"text":"Hm","thought":true})")).content.text);
  CHECK(event(parts(R"({"functionCall":{"name":"f","args":{}}})")).content.tool_call);
  CHECK(event(parts(R"({"inlineData":{"mimeType":"image/png","data":"QUJD"}})")).content.text);
  CHECK(!event(parts(R"({"text":""})")).content.decisive());
  CHECK(!event(parts(R"({"thoughtSignature":"c2ln"})")).content.decisive());
  CHECK(event("{}").kind == Kind::delta);
  CHECK(event("nonsense").kind == Kind::bad);
  CHECK(event(" ").kind == Kind::empty);
}

TEST_CASE("an answer ends where its candidates do, each for itself") {
  const std::string last = parts(R"({"text":""})", R"(,"finishReason":"MAX_TOKENS")");
  const PassedEvent end = event(last);
  CHECK(end.content.finish_reason == "MAX_TOKENS");
  CHECK(end.content.finished.test(0));
  const PassedReply two =
      whole(R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","index":0},)"
            R"({"content":{"parts":[{"text":"b"}]},"finishReason":"STOP","index":1}]})");
  CHECK(two.kind == PassedReply::Kind::answer);
  CHECK(two.content.finished.count() == 2);
  CHECK(!event(parts(R"({"text":"a"})", R"(,"finishReason":"FINISH_REASON_UNSPECIFIED")"))
             .content.finished.any());
}

TEST_CASE("a prompt that was blocked is answered by that, and is nobody's fault") {
  const std::string body =
      R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}})";
  CHECK(whole(body).kind == PassedReply::Kind::answer);
  CHECK(whole(body).usage.usage->prompt.count == 9);
  const PassedEvent told = event(body);
  CHECK(told.kind == Kind::delta);
  CHECK(told.content.finish_reason == "SAFETY");
  CHECK(told.content.finished.test(0));
}

TEST_CASE("what broke off at the host, and what says nothing, is for another one") {
  const PassedReply broken =
      whole(parts("", R"(,"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"x")"));
  CHECK(broken.kind == PassedReply::Kind::error);
  CHECK(broken.error->message == "The model's answer broke off: MALFORMED_FUNCTION_CALL. x");
  CHECK(whole("{}").kind == PassedReply::Kind::empty);
  CHECK(whole(R"({"candidates":[]})").kind == PassedReply::Kind::empty);
  CHECK(whole("[]").kind == PassedReply::Kind::bad);
  const PassedEvent error = event(R"({"error":{"code":503,"message":"no","status":"UNAVAILABLE"}})");
  CHECK(error.kind == Kind::error);
  CHECK(error.error->message == "no");
}

TEST_CASE("an event goes on as it came, and what it cost is put into its usage at the end") {
  const NativeReplies& replies = gemini_native_replies();
  JsonTokens tokens;
  std::string scratch;
  const auto shown = [&](const std::string& data, std::string_view cost) {
    const std::string raw = "data: " + data + "\n\n";
    const SseEvent sent{data, {}, raw, SseEvent::Form::normal};
    const Relayed relayed =
        replies.relayed(sent, replies.event(sent, tokens), UsageShown::yes, scratch, cost);
    std::string text;
    for (const std::string_view piece : relayed.pieces()) text += piece;
    return text;
  };
  const std::string usage = R"("usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1})";
  const std::string middle = R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],)" + usage + "}";
  CHECK(shown(middle, "0.5") == "data: " + middle + "\n\n");
  const std::string last = R"({"candidates":[{"finishReason":"STOP"}],)" + usage + "}";
  CHECK(shown(last, "") == "data: " + last + "\n\n");
  CHECK(shown(last, "0.5") == "data: " + last.substr(0, last.size() - 2) + ",\"cost\":0.5}}\n\n");
}

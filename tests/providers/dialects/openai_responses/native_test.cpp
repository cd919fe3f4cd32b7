#include "providers/dialects/openai_responses/native.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace providers;

namespace {

JsonTokens& scratch_tokens() {
  static JsonTokens tokens;
  return tokens;
}

PassedEvent passed(const std::string& data, std::string_view name = {}) {
  return responses_native_replies().event({data, name, {}, SseEvent::Form::other}, scratch_tokens());
}

std::string relayed(const SseEvent& event, std::string_view cost = {}) {
  const PassedEvent passed = responses_native_replies().event(event, scratch_tokens());
  std::string scratch, text;
  const Relayed relayed = responses_native_replies().relayed(event, passed, UsageShown::yes, scratch, cost);
  for (const std::string_view piece : relayed.pieces()) text += piece;
  return text;
}

std::string event_of(const std::string& type, const std::string& members) {
  return R"({"type":")" + type + "\"," + members + "}";
}

}  // namespace

TEST_CASE("only what is content shows that the host answers") {
  const auto decisive = [](const std::string& data) { return passed(data).content.decisive(); };
  CHECK_FALSE(
      decisive(event_of("response.created", R"("response":{"id":"r","status":"in_progress","output":[]})")));
  CHECK_FALSE(
      decisive(event_of("response.output_item.added", R"("item":{"type":"reasoning","summary":[]})")));
  CHECK_FALSE(decisive(event_of("response.output_item.added", R"("item":{"type":"message","content":[]})")));
  CHECK_FALSE(decisive(event_of("response.output_text.delta", R"("delta":"")")));
  CHECK(passed(event_of("response.output_text.delta", R"("delta":"a")")).content.text);
  CHECK(passed(event_of("response.refusal.delta", R"("delta":"a")")).content.text);
  CHECK(passed(event_of("response.reasoning_summary_text.delta", R"("delta":"a")")).content.reasoning);
  CHECK(passed(event_of("response.reasoning_text.delta", R"("delta":"a")")).content.reasoning);
  CHECK(passed(event_of("response.function_call_arguments.delta", R"("delta":"a")")).content.tool_call);
  CHECK(passed(event_of("response.output_item.added", R"("item":{"type":"web_search_call"})"))
            .content.tool_call);
  CHECK(passed(event_of("response.output_text.delta", R"("delta":"four")")).content.bytes == 4);
}

TEST_CASE("the end is a finish with its usage, and says where the names stand") {
  const std::string data =
      event_of("response.incomplete",
               R"("response":{"id":"r","status":"incomplete","model":"h","incomplete_details":)"
               R"({"reason":"max_output_tokens"},"usage":{"input_tokens":3,"output_tokens":2}})");
  const PassedEvent event = passed(data);
  CHECK(event.kind == PassedEvent::Kind::delta);
  CHECK(event.content.finish_reason == "max_output_tokens");
  CHECK(event.content.finished.count() == 1);
  CHECK(event.usage.usage->prompt.count == 3);
  CHECK(event.names.id.of(data) == "\"r\"");
  CHECK(event.names.model.of(data) == "\"h\"");
  CHECK(event.usage_value.of(data) == R"({"input_tokens":3,"output_tokens":2})");
}

TEST_CASE("failures are errors in each of their shapes") {
  const PassedEvent failed = passed(
      event_of("response.failed",
               R"("response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"Slow"}})"));
  CHECK(failed.kind == PassedEvent::Kind::error);
  CHECK(failed.error->status == 429);
  CHECK(passed(event_of("error", R"("message":"Oh","code":"server_error")")).error->message == "Oh");
  CHECK(passed(event_of("error", R"("error":{"message":"Oh"})")).error->message == "Oh");
  CHECK(passed("it broke", "error").kind == PassedEvent::Kind::error);
  CHECK(passed("it broke").kind == PassedEvent::Kind::bad);
  CHECK(passed("[DONE]").kind == PassedEvent::Kind::done);
  CHECK(passed(" ").kind == PassedEvent::Kind::empty);
}

TEST_CASE("an event goes on as it came, or the same in plain form, with the cost in its usage") {
  const std::string raw =
      "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\"}\n\n";
  SseReader reader;
  reader.feed(raw);
  CHECK(relayed(*reader.next()) == raw);
  CHECK(relayed({.data = "{\"a\":\n1}", .name = "x", .raw = {}, .form = SseEvent::Form::other}) ==
        "event: x\ndata: {\"a\": 1}\n\n");
  CHECK(relayed({.data = R"({"response":{"usage":{"input_tokens":1}},"z":2})", .name = {}, .raw = {}},
                "0.5") == "data: {\"response\":{\"usage\":{\"input_tokens\":1,\"cost\":0.5}},\"z\":2}\n\n");
  CHECK(relayed({.data = R"({"response":{"usage":{"input_tokens":1,"cost":9}}})", .name = {}, .raw = {}},
                "0.5") == "data: {\"response\":{\"usage\":{\"input_tokens\":1,\"cost\":0.5}}}\n\n");
  CHECK(relayed({.data = R"({"type":"error","message":"no"})", .name = "error", .raw = {}}).empty());
}

TEST_CASE("a whole response is an answer, an error, or nothing") {
  const auto whole = [](const std::string& body) {
    return responses_native_replies().whole(body, scratch_tokens());
  };
  const PassedReply answer = whole(
      R"({"id":"r","model":"h","status":"completed","output":[{"type":"message","content":[{"type":"output_text",)"
      R"("text":"Hello"}]}],"usage":{"input_tokens":3,"output_tokens":2}})");
  CHECK(answer.kind == PassedReply::Kind::answer);
  CHECK(answer.content.text);
  CHECK(answer.content.bytes == 5);
  CHECK(answer.usage.usage->output.count == 2);
  CHECK(whole(R"({"status":"incomplete","output":[]})").kind == PassedReply::Kind::answer);
  CHECK(whole(R"({"status":"in_progress","output":[]})").kind == PassedReply::Kind::empty);
  CHECK(whole(R"({"status":"failed","error":{"code":"server_error","message":"Oh"}})").error->status == 500);
  CHECK(whole(R"({"error":{"message":"Oh"}})").kind == PassedReply::Kind::error);
  CHECK(whole("no").kind == PassedReply::Kind::bad);
}

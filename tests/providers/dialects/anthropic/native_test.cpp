#include "providers/dialects/anthropic/native.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace providers;
using Kind = PassedEvent::Kind;

namespace {

PassedEvent event(const std::string& data, const std::string& name = "x") {
  static JsonTokens tokens;
  return anthropic_native_replies().event({data, name, {}, SseEvent::Form::other}, tokens);
}

PassedReply whole(const std::string& body) {
  JsonTokens tokens;
  return anthropic_native_replies().whole(body, tokens);
}

std::string delta(const std::string& members) {
  return R"({"type":"content_block_delta","index":0,"delta":{)" + members + "}}";
}

}  // namespace

TEST_CASE("what an event shows is known without its being understood further") {
  CHECK(event(delta(R"("type":"text_delta","text":"Hi")")).content.text);
  CHECK(event(delta(R"("type":"thinking_delta","thinking":"Hm")")).content.reasoning);
  CHECK(event(delta(R"("type":"input_json_delta","partial_json":"{")")).content.tool_call);
  CHECK(!event(delta(R"("type":"text_delta","text":"")")).content.decisive());
  CHECK(!event(R"({"type":"ping"})").content.decisive());
  CHECK(!event(R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})")
             .content.any());
  CHECK(
      event(
          R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"1","name":"f","input":{}}})")
          .content.tool_call);
  CHECK(
      event(
          R"({"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"1","name":"f"}})")
          .content.any());
  const std::string last =
      R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})";
  const PassedEvent end = event(last);
  CHECK(end.content.finish_reason == "end_turn");
  CHECK(end.content.finished.test(0));
  CHECK(end.usage.usage->output.count == 5);
  CHECK(event(R"({"type":"message_stop"})").kind == Kind::done);
  CHECK(event("  ").kind == Kind::empty);
  CHECK(event("nonsense").kind == Kind::bad);
}

TEST_CASE("an event that a host has not told us of is passed on") {
  CHECK(event(R"({"type":"from_the_future","x":1})").kind == Kind::delta);
  CHECK(event(delta(R"("type":"new_delta","x":1)")).kind == Kind::delta);
}

TEST_CASE("an error in a stream is one by its type, and by its name where it is no JSON") {
  const PassedEvent error =
      event(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", "error");
  CHECK(error.kind == Kind::error);
  CHECK(error.error->type == "overloaded_error");
  CHECK(event("oops", "error").kind == Kind::error);
}

TEST_CASE("a stream's usage grows event by event, and what is not told again stays") {
  const NativeReplies& replies = anthropic_native_replies();
  const PassedEvent begin = event(R"({"type":"message_start","message":{"id":"1","model":"claude","usage":{
    "input_tokens":9,"cache_read_input_tokens":2,"cache_creation_input_tokens":4,"output_tokens":1}}})");
  const PassedEvent end = event(R"({"type":"message_delta","delta":{},"usage":{"output_tokens":5}})");
  const ReportedUsage usage = replies.joined(replies.joined({}, begin.usage), end.usage);
  CHECK(usage.usage->prompt.count == 15);
  CHECK(usage.usage->cached.count == 2);
  CHECK(usage.usage->cache_written.count == 4);
  CHECK(usage.usage->output.count == 5);
  const PassedEvent all = event(R"({"type":"message_delta","delta":{},"usage":{"input_tokens":10,
    "cache_read_input_tokens":2,"cache_creation_input_tokens":4,"output_tokens":5}})");
  CHECK(replies.joined(begin.usage, all.usage).usage->prompt.count == 16);
}

TEST_CASE("an event goes on as it came, in one line, under its name, and the model's name is found in it") {
  const std::string data = "{\"type\":\"message_start\",\n\"message\":{\"id\":\"1\",\"model\":\"claude\"}}";
  const PassedEvent begin = event(data);
  CHECK(begin.names.model.of(data) == "\"claude\"");
  std::string scratch;
  const SseEvent came{data, "message_start", {}, SseEvent::Form::other};
  const Relayed relayed = anthropic_native_replies().relayed(came, begin, UsageShown::yes, scratch, "");
  std::string text;
  for (const std::string_view piece : relayed.pieces()) text.append(piece);
  CHECK(text ==
        "event: message_start\ndata: {\"type\":\"message_start\", "
        "\"message\":{\"id\":\"1\",\"model\":\"claude\"}}\n\n");
}

TEST_CASE("an event that came in one piece goes on as the same bytes") {
  const std::string raw = "event: ping\ndata: {\"type\": \"ping\"}   \n\n";
  SseReader reader;
  reader.feed(raw);
  const auto came = reader.next();
  REQUIRE(came.has_value());
  JsonTokens tokens;
  std::string scratch;
  const PassedEvent ping = anthropic_native_replies().event(*came, tokens);
  const Relayed relayed = anthropic_native_replies().relayed(*came, ping, UsageShown::yes, scratch, "");
  CHECK(relayed.form == Relayed::Form::as_it_came);
  REQUIRE(relayed.count == 1);
  CHECK(relayed.parts[0].data() == raw.data());
  CHECK(relayed.parts[0] == raw);
}

TEST_CASE("a whole message is an answer, an error, or neither") {
  const std::string message =
      R"({"id":"1","type":"message","model":"claude","content":[{"type":"thinking","thinking":"Hm","signature":"s"},
      {"type":"text","text":"Hi"},{"type":"tool_use","id":"1","name":"f","input":{"a":1}}],"stop_reason":"tool_use",
      "usage":{"input_tokens":9,"output_tokens":5}})";
  const PassedReply reply = whole(message);
  CHECK(reply.kind == PassedReply::Kind::answer);
  CHECK(reply.content.text);
  CHECK(reply.content.reasoning);
  CHECK(reply.content.tool_call);
  CHECK(reply.content.finish_reason == "tool_use");
  CHECK(reply.usage.usage->output.count == 5);
  CHECK(reply.names.model.of(message) == "\"claude\"");
  CHECK(whole(R"({"content":[],"stop_reason":null})").kind == PassedReply::Kind::empty);
  CHECK(whole(R"({"content":[],"stop_reason":"end_turn"})").kind == PassedReply::Kind::answer);
  CHECK(whole(R"({"type":"error","error":{"type":"api_error","message":"no"}})").kind ==
        PassedReply::Kind::error);
  CHECK(whole("[]").kind == PassedReply::Kind::bad);
}

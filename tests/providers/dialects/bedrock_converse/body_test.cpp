#include "providers/dialects/bedrock_converse/body.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/anthropic_elsewhere/anthropic_elsewhere.hpp"
#include "providers/dialects/bedrock_converse/bedrock_converse.hpp"

using namespace providers;

namespace {

JsonTokens scratch;

using Thinking = HostModel::Thinking;

const HostModel nova{"us.amazon.nova-pro-v1:0", 5'000, Thinking::none, true, true};
const HostModel claude{"us.anthropic.claude-v1:0", 8'192, Thinking::budget, true, true};

Text text(std::string_view raw) {
  return {raw, true};
}
Part said(std::string_view raw, std::optional<CacheLife> cache = {}) {
  return {TextPart{text(raw)}, cache};
}
Conversation asked(std::vector<Part> parts) {
  Conversation conversation;
  conversation.turns.push_back({Turn::Role::user, std::move(parts)});
  return conversation;
}
std::string body(const Conversation& conversation, const HostModel& model = nova) {
  return write_converse_body(conversation, model, scratch).body;
}
bool has(const std::string& all, std::string_view part) {
  return all.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a conversation is put in Bedrock's words") {
  Conversation conversation = asked({said("Hi"), said("  ")});
  conversation.system.push_back(said("Be kind", CacheLife::hour));
  conversation.max_output = 9'000;
  conversation.sampling.temperature = JsonNumber{"1.5"};
  conversation.sampling.top_p = JsonNumber{"0.5"};
  const WrittenRequest written = write_converse_body(conversation, nova, scratch);
  CHECK(written.body ==
        R"({"system":[{"text":"Be kind"},{"cachePoint":{"type":"default","ttl":"1h"}}],"messages":[{"role":)"
        R"("user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":5000,"temperature":1}})");
  CHECK(written.dropped == std::vector<std::string_view>{"top_p", "temperature"});
}

TEST_CASE("pictures and documents are said by their format") {
  const MediaPart picture{.content = text("QUJD"), .media_type = text("image/jpg")};
  const MediaPart paper{.kind = MediaPart::Kind::file,
                        .content = text("QUJD"),
                        .media_type = text("application/pdf"),
                        .name = text("a_b.pdf")};
  const std::string all = body(asked({{picture}, {paper}}));
  CHECK(has(all, R"({"image":{"format":"jpeg","source":{"bytes":"QUJD"}}})"));
  CHECK(has(all, R"({"document":{"format":"pdf","name":"a-b-pdf","source":{"bytes":"QUJD"}}})"));
}

TEST_CASE("calls and results, with those results first that answer them") {
  Conversation conversation = asked({said("Hi")});
  conversation.tools.push_back({.name = text("w")});
  conversation.turns.push_back(
      {Turn::Role::assistant,
       {{ToolCallPart{.id = text("c1"), .name = text("w"), .arguments = R"({"a":1})"}}}});
  ToolResultPart failed{.call_id = text("c1"), .content = {said("no")}, .is_error = true};
  conversation.turns.push_back({Turn::Role::user, {said("And?"), {failed}}});
  const std::string all = body(conversation);
  CHECK(has(all, R"({"toolUse":{"toolUseId":"c1","name":"w","input":{"a":1}}})"));
  CHECK(has(
      all,
      R"([{"toolResult":{"toolUseId":"c1","content":[{"text":"no"}],"status":"error"}},{"text":"And?"}])"));
  CHECK(
      has(all,
          R"("tools":[{"toolSpec":{"name":"w","inputSchema":{"json":{"type":"object","properties":{}}}}}])"));
  // What was called must stay known, though nothing more may be called.
  conversation.tool_choice.kind = ToolChoice::Kind::none;
  CHECK(has(body(conversation), "toolSpec"));
  Conversation fresh = asked({said("Hi")});
  fresh.tools = conversation.tools;
  fresh.tool_choice = conversation.tool_choice;
  CHECK(!has(body(fresh), "toolSpec"));
  fresh.tool_choice = {.kind = ToolChoice::Kind::named, .name = text("w")};
  CHECK(has(body(fresh), R"("toolChoice":{"tool":{"name":"w"}})"));
}

TEST_CASE("tools that were called and are not offered any more are told, each once") {
  Conversation conversation = asked({said("Hi")});
  const auto call = [](std::string_view id, std::string_view name) {
    return Part{ToolCallPart{.id = text(id), .name = text(name), .arguments = "{}"}};
  };
  conversation.turns.push_back({Turn::Role::assistant, {call("a", "f"), call("b", "g"), call("c", "f")}});
  const std::string none = R"("inputSchema":{"json":{"type":"object","properties":{}}}}})";
  CHECK(has(body(conversation), R"("toolConfig":{"tools":[{"toolSpec":{"name":"f",)" + none +
                                    R"(,{"toolSpec":{"name":"g",)" + none + "]}"));
  conversation.tools.push_back({.name = text("h")});
  CHECK(!has(body(conversation), R"("toolSpec":{"name":"f")"));
  conversation.tool_choice.kind = ToolChoice::Kind::none;
  CHECK(write_converse_body(conversation, nova, scratch).dropped ==
        std::vector<std::string_view>{"tool_choice"});
}

TEST_CASE("Claude's thinking goes back to Claude, and is told a budget") {
  Conversation conversation = asked({said("Hi")});
  const ThinkingPart signed_by_claude{
      .text = text("Hm"), .signature = text("c2ln"), .format = {"anthropic-claude-v1", false}};
  conversation.turns.push_back({Turn::Role::assistant, {{signed_by_claude}, said("Yes")}});
  conversation.turns.push_back({Turn::Role::user, {said("Why?")}});
  conversation.thinking.budget = 2'000;
  const std::string all = body(conversation, claude);
  CHECK(has(all, R"({"reasoningContent":{"reasoningText":{"text":"Hm","signature":"c2ln"}}})"));
  CHECK(has(all, R"("additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}})"));
  const WrittenRequest elsewhere = write_converse_body(conversation, nova, scratch);
  CHECK(!has(elsewhere.body, "Hm"));
  CHECK(elsewhere.dropped == std::vector<std::string_view>{"reasoning_details"});
}

TEST_CASE("a schema is a text here") {
  Conversation conversation = asked({said("Hi")});
  conversation.form = {
      .kind = OutputForm::Kind::json_schema, .name = text("s"), .schema = R"({"type":"object"})"};
  CHECK(has(body(conversation),
            R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":)"
            R"({"schema":"{\"type\":\"object\"}","name":"s"}}}})"));
}

TEST_CASE("a model's id is one segment of the path, an ARN too") {
  std::string scratch;
  const Dialect& converse = bedrock_converse_dialect();
  CHECK(converse.target(nova, routing::Delivery::streamed, scratch) ==
        "/model/us.amazon.nova-pro-v1%3A0/converse-stream");
  const HostModel arn{"arn:aws:bedrock:us-east-1:1:inference-profile/p"};
  CHECK(converse.target(arn, routing::Delivery::whole, scratch) ==
        "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fp/converse");
}

TEST_CASE("Claude elsewhere is told its version in the body, and its model in the path") {
  JsonTokens tokens;
  std::string scratch;
  const Conversation conversation = asked({said("Hi")});
  const Dialect& bedrock = bedrock_messages_dialect();
  const std::string invoked =
      bedrock.interpreter()->write(conversation, claude, routing::Delivery::streamed, tokens).body;
  CHECK(invoked.starts_with(R"({"anthropic_version":"bedrock-2023-05-31","max_tokens":8192,)"));
  CHECK(!has(invoked, R"("stream")"));
  CHECK(bedrock.target(claude, routing::Delivery::streamed, scratch) ==
        "/model/us.anthropic.claude-v1%3A0/invoke-with-response-stream");
  const Dialect& vertex = vertex_messages_dialect();
  const std::string predicted =
      vertex.interpreter()->write(conversation, claude, routing::Delivery::streamed, tokens).body;
  CHECK(has(predicted, R"("anthropic_version":"vertex-2023-10-16")"));
  CHECK(has(predicted, R"("stream":true)"));
  CHECK(vertex.target(claude, routing::Delivery::whole, scratch) ==
        "/models/us.anthropic.claude-v1%3A0:rawPredict");
}

TEST_CASE("no two documents of a request have one name") {
  const auto paper = [](std::string_view name) {
    return Part{MediaPart{.kind = MediaPart::Kind::file,
                          .content = text("QUJD"),
                          .media_type = text("application/pdf"),
                          .name = text(name)}};
  };
  Conversation conversation = asked({paper("a.pdf"), paper("a pdf"), paper("")});
  conversation.turns.push_back({Turn::Role::assistant, {said("Yes")}});
  conversation.turns.push_back({Turn::Role::user, {paper("a.pdf"), paper("")}});
  const std::string all = body(conversation);
  for (const char* name : {"\"a-pdf\"", "\"a-pdf-2\"", "\"a-pdf-3\"", "\"document\"", "\"document-2\""}) {
    CAPTURE(name);
    CHECK(has(all, std::string("\"name\":") + name));
  }
}

TEST_CASE("a tool that says nothing of its arguments takes an object all the same") {
  Conversation conversation;
  conversation.turns.push_back({Turn::Role::user, {Part{TextPart{{"Hi", false}}}}});
  conversation.tools = {Tool{.name = {"f", false}, .schema = "{}"},
                        Tool{.name = {"g", false}, .schema = R"({"properties":{}})"}};
  const std::string body = write_converse_body(conversation, nova, scratch).body;
  CHECK(body.find(R"("name":"f","inputSchema":{"json":{"type":"object","properties":{}}})") !=
        std::string::npos);
  CHECK(body.find(R"("name":"g","inputSchema":{"json":{"type":"object","properties":{}}})") !=
        std::string::npos);
}

TEST_CASE(
    "the mark of all that can be remembered stands behind the last block, of a model that surely does") {
  Conversation conversation = asked({said("Hi")});
  conversation.cache = CacheLife::hour;
  const WrittenRequest written = write_converse_body(conversation, claude, scratch);
  CHECK(has(written.body, R"([{"text":"Hi"},{"cachePoint":{"type":"default","ttl":"1h"}}])"));
  CHECK(written.dropped.empty());
  const WrittenRequest unmarked = write_converse_body(conversation, nova, scratch);
  CHECK_FALSE(has(unmarked.body, "cachePoint"));
  CHECK(unmarked.dropped == std::vector<std::string_view>{"cache_control"});
  conversation.turns[0].parts[0].cache = CacheLife::five_minutes;
  CHECK(has(body(conversation, claude), R"([{"text":"Hi"},{"cachePoint":{"type":"default"}}]}])"));
}

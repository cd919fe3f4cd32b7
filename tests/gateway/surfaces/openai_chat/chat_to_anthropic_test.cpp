// What a client of OpenAI's says, as Anthropic is told it.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "providers/dialects/anthropic/body.hpp"
#include "tests/support/said_to_anthropic.hpp"

using namespace support;
using providers::HostModel;
namespace json = boost::json;

namespace {

json::value messages(const std::string& of) {
  return said(chat("", of)).body.at("messages");
}

}  // namespace

TEST_CASE("a whole agent's turn is said as Anthropic has it") {
  const std::string client = R"({
    "model": "anthropic/claude", "stream": true, "stream_options": {"include_usage": true},
    "max_completion_tokens": 1000, "temperature": 1.5, "top_p": 1, "stop": ["END", " "], "user": "u-1",
    "messages": [
      {"role": "system", "content": "Be brief."},
      {"role": "user", "content": [
        {"type": "text", "text": "What is it like here?", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0="}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.jpg"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}}]},
      {"role": "assistant", "content": "", "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\":\"Köln\"}"}},
        {"id": "functions.get_weather:1", "type": "function", "function": {"name": "get_weather", "arguments": "oops"}}]},
      {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
      {"role": "tool", "tool_call_id": "functions.get_weather:1", "content": [{"type": "text", "text": "bad arguments"}]},
      {"role": "user", "content": "And now?"}],
    "tools": [)" + a_tool + R"(, {"type": "function", "function": {"name": "now", "strict": true}}],
    "tool_choice": "required", "parallel_tool_calls": false
  })";
  const Said written = said(client, older, routing::Delivery::streamed);
  const json::value expected = json::parse(R"({
    "model": "claude-3", "max_tokens": 1000,
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
      {"role": "user", "content": [
        {"type": "text", "text": "What is it like here?", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0="}},
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.jpg"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
         "title": "a.pdf"}]},
      {"role": "assistant", "content": [
        {"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "ID", "name": "get_weather", "input": {"invalid_arguments": "oops"}}]},
      {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "rain"}]},
        {"type": "tool_result", "tool_use_id": "ID", "content": [{"type": "text", "text": "bad arguments"}]},
        {"type": "text", "text": "And now?"}]}],
    "tools": [
      {"name": "get_weather", "description": "Of a \"city\"", "input_schema":
        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
      {"name": "now", "input_schema": {"type": "object", "properties": {}}}],
    "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
    "temperature": 1, "stop_sequences": ["END"], "metadata": {"user_id": "u-1"}, "stream": true
  })");
  // An id of other letters becomes one that is allowed, the same on both sides.
  std::string text = json::serialize(written.body);
  const std::string id(written.body.at("messages").at(1).at("content").at(1).at("id").as_string());
  CHECK(id.starts_with("functions_get_weather_1_"));
  CHECK(id.find_first_of(".:") == std::string::npos);
  for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id))
    text.replace(at, id.size(), "ID");
  CHECK(json::parse(text) == expected);
  CHECK(written.dropped == Names{"temperature", "stop"});
}

TEST_CASE("turns alternate, results of tools come first, and nothing blank is said") {
  CHECK(
      messages(
          R"({"role":"user","content":"a"},{"role":"user","content":" \n"},{"role":"user","content":"b"})") ==
      json::parse(R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])"));
  CHECK(
      messages(
          R"({"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":""},)"
          R"({"role":"assistant","content":"c \n"})") ==
      json::parse(
          R"([{"role":"user","content":[{"type":"text","text":"a"}]},)"
          R"({"role":"assistant","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}]}])"));
  CHECK(
      messages(
          R"({"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}}]},)"
          R"({"role":"user","content":"b"},{"role":"tool","tool_call_id":"1","content":""})") ==
      json::parse(
          R"([{"role":"user","content":[{"type":"text","text":"a"}]},)"
          R"({"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{}}]},)"
          R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"1"},{"type":"text","text":"b"}]}])"));
}

TEST_CASE("what the system says between turns is given to the user's, and alone it is what is asked") {
  CHECK(messages(R"({"role":"user","content":"a"},{"role":"system","content":"In \"German\"."})") ==
        json::parse(R"([{"role":"user","content":[{"type":"text","text":"a"},)"
                    R"({"type":"text","text":"<system>\nIn \"German\".\n</system>"}]}])"));
  const Said alone = said(chat("", R"({"role":"system","content":"Tell a joke."})"));
  CHECK_FALSE(alone.body.contains("system"));
  CHECK(alone.body.at("messages") ==
        json::parse(R"([{"role":"user","content":[{"type":"text","text":"Tell a joke."}]}])"));
}

TEST_CASE("an answer may be as long as the client, the endpoint or else we say") {
  const auto max_tokens = [](const std::string& members, const HostModel& model) {
    return said(chat(members), model).body.at("max_tokens").as_int64();
  };
  HostModel unknown = older;
  unknown.max_output.reset();
  CHECK(max_tokens("", older) == 8'192);
  CHECK(max_tokens("", unknown) == providers::anthropic_default_max_tokens);
  CHECK(max_tokens(R"("max_tokens":100)", older) == 100);
  CHECK(max_tokens(R"("max_tokens":100,"max_completion_tokens":200)", older) == 200);
  CHECK(max_tokens(R"("max_tokens":100000)", older) == 8'192);
  CHECK(max_tokens(R"("max_tokens":100000)", unknown) == 100'000);
}

TEST_CASE("how freely tools are called is said in Anthropic's words") {
  struct Row {
    std::string members, expected;
  };
  for (const Row& row : std::vector<Row>{
           {R"("tool_choice":"auto")", R"({"type":"auto"})"},
           {R"("tool_choice":"none","parallel_tool_calls":false)", R"({"type":"none"})"},
           {R"("tool_choice":"required")", R"({"type":"any"})"},
           {R"("tool_choice":{"type":"function","function":{"name":"f"}})", R"({"type":"tool","name":"f"})"},
           {R"("parallel_tool_calls":true)", ""},
           {R"("parallel_tool_calls":false)", R"({"type":"auto","disable_parallel_tool_use":true})"}}) {
    CAPTURE(row.members);
    const json::object body = said(chat(R"("tools":[)" + a_tool + "]," + row.members)).body;
    CHECK(body.contains("tool_choice") == !row.expected.empty());
    if (!row.expected.empty()) CHECK(body.at("tool_choice") == json::parse(row.expected));
    CHECK_FALSE(said(chat(row.members)).body.contains("tool_choice"));
  }
}

TEST_CASE("a schema of arguments says that it is one of an object") {
  const auto schema = [](const std::string& parameters) {
    return said(chat(R"("tools":[{"type":"function","function":{"name":"f","parameters":)" + parameters +
                     "}}]"))
        .body.at("tools")
        .at(0)
        .at("input_schema");
  };
  CHECK(schema("null") == json::parse(R"({"type":"object","properties":{}})"));
  CHECK(schema("{ }") == json::parse(R"({"type":"object","properties":{}})"));
  CHECK(schema(R"({"properties":{"a":{"type":"string"}}})") ==
        json::parse(R"({"type":"object","properties":{"a":{"type":"string"}}})"));
  CHECK(schema(R"({"type":"object","$defs":{}})") == json::parse(R"({"type":"object","$defs":{}})"));
}

TEST_CASE("of more marks than Anthropic's hosts take the last four are told, and the client is") {
  std::string parts;
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) {
    parts.append(parts.empty() ? "" : ",").append(R"({"type":"text","text":")").append(text);
    parts.append(R"(","cache_control":{"type":"ephemeral"}})");
  }
  const Said told = said(chat("", R"({"role":"user","content":[)" + parts + "]}"));
  const json::array& content = told.body.at("messages").at(0).at("content").as_array();
  REQUIRE(content.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(content[i].as_object().contains("cache_control") == (i >= 2));
  CHECK(told.dropped == Names{"cache_control"});
}

TEST_CASE("a picture whose type is none is of the type that is meant") {
  const json::value content = messages(
      R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpg;base64,iVBORw0="}}]})");
  CHECK(content.at(0).at("content").at(0).at("source").at("media_type") == "image/jpeg");
}

// A chat body that was read into a conversation and written from it again says the same; an answer that was
// written as chunks and read from them tells the same.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "gateway/surfaces/openai_chat/chat_answer.hpp"
#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "tests/support/told_answer.hpp"

using namespace gateway;
using namespace providers;
namespace json = boost::json;

namespace {

const HostModel host{"host-model", {}, HostModel::Thinking::budget, true, true, true};

json::value written(const std::string& body, const HostModel& model = host,
                    routing::Delivery delivery = routing::Delivery::whole) {
  JsonTokens tokens;
  const Conversed read = conversation_of(body, tokens);
  REQUIRE(read.has_value());
  return json::parse(openai_chat_dialect().interpreter()->write(*read, model, delivery, tokens).body);
}

}  // namespace

TEST_CASE("a chat body says the same after it was a conversation") {
  const std::string body = R"({"model":"host-model","messages":[
    {"role":"system","content":"Be \"brief\"."},
    {"role":"user","content":[{"type":"text","text":"What?\n"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0=","detail":"low"}},
      {"type":"image_url","image_url":{"url":"https://example.org/a.jpg"}},
      {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
      {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}}]},
    {"role":"assistant","content":null,"reasoning_content":"","tool_calls":[
      {"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\n\"}"}},
      {"id":"2","type":"function","function":{"name":"f","arguments":"oops"}}]},
    {"role":"tool","tool_call_id":"1","content":"x"},
    {"role":"tool","tool_call_id":"2","content":"y"},
    {"role":"system","content":"Hurry."},
    {"role":"user","content":"Now?"},
    {"role":"assistant","content":"It"}],
    "max_tokens":100,
    "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],
    "parallel_tool_calls":false,"tool_choice":{"type":"function","function":{"name":"f"}},
    "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
    "temperature":0.5,"top_p":0.9,"seed":7,"frequency_penalty":-0.5,"presence_penalty":0.25,"stop":["a","b"],
    "reasoning_effort":"low","user":"u"})";
  CHECK(written(body) == json::parse(body));
}

TEST_CASE("of what an earlier answer showed only pictures are read, and the rest is left out and told") {
  const auto read = [](const std::string& images) {
    JsonTokens tokens;
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":"Q"},{"role":"assistant",)"
                             R"("content":"A","images":)" +
                             images + R"(},{"role":"user","content":"Q"}]})";
    const Conversed said = conversation_of(body, tokens);
    REQUIRE_MESSAGE(said.has_value(), images);
    std::string told = std::to_string(said->turns.at(1).parts.size() - 1);
    for (const auto hint : unsaid(*said, Matters::all()).hints) told.append(" ").append(hint);
    CHECK(unsaid(*said, Matters::all()).needs.empty());
    return told;
  };
  const std::string picture = R"({"type":"image_url","image_url":{"url":"data:image\/png;base64,iVBORw0="}})";
  CHECK(read("[" + picture + R"(,"https://a.example/b.png"])") == "1 images");
  CHECK(read("[" + picture + R"(,{"image_url":"https://a.example/b.png"}])") == "2");
  CHECK(read("null") == "0");
  for (const std::string odd :
       {R"({"image_url":{"url":""}})", R"({"image_url":{"url":"/files/x.png"}})", R"("iVBORw0=")",
        R"({"image_url":{"url":"data:image/png;base64,"}})", "7", "{}"}) {
    CHECK(read("[" + odd + "]") == "0 images");
    CHECK(read("[" + picture + "," + odd + "]") == "1 images");
  }
  CHECK(read(R"("iVBORw0=")") == "0 images");
}

TEST_CASE("what this host's model does not take is left out, and a stream tells its usage") {
  const std::string body =
      R"({"messages":[{"role":"user","content":"a"}],"max_tokens":9,"temperature":1,"reasoning_effort":"none",)"
      R"("response_format":{"type":"json_schema","json_schema":{"schema":{}}},"metadata":{"a":"b"}})";
  const HostModel little{"m", {}, HostModel::Thinking::none, false, false, false};
  CHECK(written(body, little, routing::Delivery::streamed) ==
        json::parse(R"({"model":"m","messages":[{"role":"user","content":"a"}],"max_completion_tokens":9,)"
                    R"("stream":true,"stream_options":{"include_usage":true}})"));
  JsonTokens tokens;
  const Conversed read = conversation_of(body, tokens);
  const Unsaid missing = unsaid(*read, openai_chat_dialect().interpreter()->carries(little));
  CHECK(missing.needs == std::vector<std::string_view>{"response_format"});
  CHECK(missing.hints == std::vector<std::string_view>{"temperature", "metadata"});
}

TEST_CASE("texts of one message are one text, and what a tool shows is shown by the user") {
  CHECK(
      written(
          R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
          R"({"role":"assistant","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}],)"
          R"("tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
          R"({"role":"tool","tool_call_id":"1","content":[{"type":"text","text":"x"},)"
          R"({"type":"image_url","image_url":{"url":"https://example.org/a"}}]}]})")
          .at("messages") ==
      json::parse(
          R"([{"role":"user","content":"a\n\nb"},{"role":"assistant","content":"cd","reasoning_content":"",)"
          R"("tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
          R"({"role":"tool","tool_call_id":"1","content":"x"},)"
          R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.org/a"}}]}])"));
}

TEST_CASE("an answer that was written as chunks tells the same when it is read") {
  using Kind = AnswerEvent::Kind;
  std::vector<AnswerEvent> events;
  events.push_back({.kind = Kind::begin, .id = {"gen-1", false}, .name = {"m", false}});
  events.push_back({.kind = Kind::thinking, .text = {"Hm\\n", true}, .format = "x"});
  events.push_back({.kind = Kind::text, .text = {"a\\\"", true}});
  events.push_back({.kind = Kind::tool_call, .index = 0, .id = {"1", false}, .name = {"f", false}});
  events.push_back({.kind = Kind::arguments, .index = 0, .text = {"{\\\"a\\\":", true}});
  events.push_back({.kind = Kind::arguments, .index = 0, .text = {"1}", false}});
  events.push_back({.kind = Kind::tool_call, .index = 1, .id = {"2", false}, .name = {"g", false}});
  events.push_back({.kind = Kind::arguments, .index = 1, .text = {"{}", false}});
  events.push_back({.kind = Kind::end, .name = {"tool_calls", false}, .reason = EndReason::tool_calls});
  events.push_back(
      {.kind = Kind::usage,
       .usage = {
           .prompt = {9}, .cached = {4}, .cache_written = {2}, .output = {7}, .reasoning = {3}, .cost = {}}});
  support::ToldAnswer expected;
  std::string out;
  ChatChunks chunks({"gen-1", 7, "m"}, true, ThinkingShown::yes, out);
  ChatWhole whole(ThinkingShown::yes);
  for (const AnswerEvent& event : events) {
    expected.take(event);
    chunks.take(event);
    whole.take(event);
  }
  chunks.finish("");
  out += "data: [DONE]\n\n";

  JsonTokens tokens;
  support::ToldAnswer told;
  CHECK(openai_chat_dialect().interpreter()->streamed({}, tokens)->feed(out, told) == Reading::ended);
  CHECK(told.text() == expected.text());
  support::ToldAnswer of_whole;
  CHECK(openai_chat_dialect().interpreter()->whole(whole.body({"gen-1", 7, "m"}, ""), {}, tokens, of_whole) ==
        Reading::ended);
  CHECK(of_whole.text() == expected.text());
}

TEST_CASE("of many tools hosts are offered those that may be called") {
  const std::string body =
      R"({"messages":[{"role":"user","content":"a"}],"tool_choice":{"type":"allowed_tools",
    "allowed_tools":{"mode":"required","tools":[{"type":"custom","custom":{"name":"p"}},
      {"type":"function","function":{"name":"\u0066"}}]}},
    "tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}},
      {"type":"custom","custom":{"name":"p"}}]})";
  const json::value told = written(body);
  const json::array& tools = told.at("tools").as_array();
  REQUIRE(tools.size() == 2);
  CHECK(tools[0].at("function").at("name") == "f");
  CHECK(tools[1].at("function").at("name") == "p");
  CHECK(told.at("tool_choice") == "required");
}

TEST_CASE("a tool's name that not every API takes is another one for hosts") {
  const std::string long_name(70, 'f');
  const std::string body = R"({"messages":[{"role":"user","content":"a"},
    {"role":"assistant","content":null,"tool_calls":[
      {"id":"1","type":"function","function":{"name":"mcp.do it","arguments":"{}"}},
      {"id":"2","type":"function","function":{"name":"plain","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"1","content":"x"},{"role":"tool","tool_call_id":"2","content":"y"}],
    "tool_choice":{"type":"function","function":{"name":"mcp.do it"}},
    "tools":[{"type":"function","function":{"name":"mcp.do it"}},{"type":"function","function":{"name":")" +
                           long_name + R"("}},{"type":"function","function":{"name":"plain"}}]})";
  const json::value told = written(body);
  const json::value dotted = told.at("tools").at(0).at("function").at("name");
  CHECK(std::string(dotted.as_string()).starts_with("mcp_do_it_"));
  CHECK(told.at("tool_choice").at("function").at("name") == dotted);
  CHECK(told.at("messages").at(1).at("tool_calls").at(0).at("function").at("name") == dotted);
  CHECK(told.at("tools").at(1).at("function").at("name").as_string().size() == 64);
  CHECK(told.at("tools").at(2).at("function").at("name") == "plain");
}

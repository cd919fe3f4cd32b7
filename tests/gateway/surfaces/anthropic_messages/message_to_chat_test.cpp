// A body of Anthropic's Messages as a host of OpenAI's chat is told it.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/surfaces/anthropic_messages/message_conversation.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace gateway;
using namespace providers;
namespace json = boost::json;

namespace {

const HostModel thinker{"host-model", {}, HostModel::Thinking::budget, true, true, true};
const HostModel plain{"host-model", {}, HostModel::Thinking::none, true, true, true};

std::string body_of(const std::string& members) {
  return R"({"model":"m","max_tokens":9,)" + members + "}";
}
const std::string hi = R"("messages":[{"role":"user","content":"Hi"}])";

json::value written(const std::string& body, const HostModel& model = thinker) {
  JsonTokens tokens;
  const Conversed read = conversation_of_messages(body, tokens);
  REQUIRE(read.has_value());
  return json::parse(
      openai_chat_dialect().interpreter()->write(*read, model, routing::Delivery::whole, tokens).body);
}

std::string unsaid_of(const std::string& body, const HostModel& model = thinker) {
  JsonTokens tokens;
  const Conversed read = conversation_of_messages(body, tokens);
  REQUIRE(read.has_value());
  const Unsaid left = unsaid(*read, openai_chat_dialect().interpreter()->carries(model));
  std::string text;
  for (const auto name : left.needs) text.append(text.empty() ? "needs " : ",").append(name);
  std::string hints;
  for (const auto name : left.hints) hints.append(hints.empty() ? "hints " : ",").append(name);
  return text + hints;
}

std::string fault(const std::string& members) {
  JsonTokens tokens;
  const Conversed read = conversation_of_messages(body_of(members), tokens);
  REQUIRE(!read.has_value());
  return std::string(read.error().code) + " " + read.error().param;
}

}  // namespace

TEST_CASE("what is said in Messages is said in chat") {
  const json::value chat = written(body_of(R"("system":[{"type":"text","text":"Be \"brief\"."},
      {"type":"text","text":"And kind.","cache_control":{"type":"ephemeral","ttl":"1h"}}],
    "messages":[
      {"role":"user","content":[{"type":"text","text":"What?\n"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0="}},
        {"type":"image","source":{"type":"url","url":"https://example.org/a.jpg"}}]},
      {"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},
        {"type":"text","text":"Let me see."},
        {"input":{"a":"\n"},"name":"f","id":"1","type":"tool_use"},
        {"type":"tool_use","id":"2","name":"g","input":{}}]},
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"1","content":"x"},
        {"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"y"}],"is_error":true},
        {"type":"text","text":"Now?"}]}],
    "stop_sequences":["a","b"],"temperature":0.50,"top_p":0.9,"metadata":{"user_id":"u"})"));
  const json::value expected = json::parse(R"({"model":"host-model","messages":[
    {"role":"system","content":"Be \"brief\".\n\nAnd kind."},
    {"role":"user","content":[{"type":"text","text":"What?\n"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0="}},
      {"type":"image_url","image_url":{"url":"https://example.org/a.jpg"}}]},
    {"role":"assistant","content":"Let me see.","reasoning_content":"Hm","tool_calls":[
      {"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\n\"}"}},
      {"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"1","content":"x"},
    {"role":"tool","tool_call_id":"2","content":"Error:\n\ny"},
    {"role":"user","content":"Now?"}],
    "max_tokens":9,"temperature":0.50,"top_p":0.9,"stop":["a","b"],"user":"u"})");
  CHECK(chat == expected);
}

TEST_CASE("tools and the choice among them are said in chat") {
  const json::value chat = written(body_of(hi + R"(,"tools":[
      {"name":"f","description":"F","input_schema":{"type":"object","properties":{}},"strict":true},
      {"type":"custom","name":"g","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
    "tool_choice":{"type":"any","disable_parallel_tool_use":true})"));
  CHECK(chat.at("tools") == json::parse(R"([{"type":"function","function":{"name":"f","description":"F",
      "parameters":{"type":"object","properties":{}},"strict":true}},
    {"type":"function","function":{"name":"g","parameters":{"type":"object"}}}])"));
  CHECK(chat.at("tool_choice") == "required");
  CHECK(chat.at("parallel_tool_calls") == false);
}

TEST_CASE("what was thought goes back to hosts that think, wherever a client keeps it") {
  const auto thought = [](const std::string& block, const HostModel& model = thinker) {
    const json::value chat = written(body_of(
                                         R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant",
      "content":[)" + block + R"(,{"type":"tool_use","id":"1","name":"f","input":{}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"x"}]}])"),
                                     model);
    const auto* found = chat.at("messages").at(1).as_object().if_contains("reasoning_content");
    return found ? std::string(found->as_string()) : std::string("unsaid");
  };
  const std::string open = R"({"type":"thinking","thinking":"Hm \"so\"","signature":"isocost-unsigned"})";
  const std::string unread =
      R"({"type":"thinking","thinking":"","signature":"isocost.signed.1|||Hm \"so\""})";
  CHECK(thought(open) == "Hm \"so\"");
  CHECK(thought(unread) == "Hm \"so\"");
  CHECK(thought(open + "," + unread) == "Hm \"so\"\n\nHm \"so\"");
  CHECK(thought(open, plain) == "unsaid");
  CHECK(
      thought(R"({"type":"redacted_thinking","data":"R"})").empty());  // a call without the member is refused
  CHECK(thought(R"({"type":"text","text":"x"})").empty());
  CHECK(thought(R"({"type":"text","text":"x"})", plain) == "unsaid");
  HostModel untold = thinker;
  untold.earlier_thinking = config::EarlierThinking::none;
  CHECK(thought(open, untold) == "unsaid");
}

TEST_CASE("of thinking that goes back in part only the client is told") {
  const auto dropped = [](const std::string& block, const HostModel& model) {
    JsonTokens tokens;
    const std::string body =
        body_of(R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[)" + block +
                R"(,{"type":"text","text":"x"}]},{"role":"user","content":"So?"}])");
    const Conversed read = conversation_of_messages(body, tokens);
    REQUIRE(read.has_value());
    const Interpreter& chat = *openai_chat_dialect().interpreter();
    auto names = chat.write(*read, model, routing::Delivery::whole, tokens).dropped;
    for (const auto hint : unsaid(*read, chat.carries(model)).hints) names.push_back(hint);
    return names;
  };
  const std::vector<std::string_view> all{"reasoning_details"};
  const std::string open = R"({"type":"thinking","thinking":"Hm","signature":"isocost-unsigned"})";
  CHECK(dropped(open, thinker).empty());
  CHECK(dropped(open, plain) == all);
  CHECK(dropped(R"({"type":"redacted_thinking","data":"R"})", thinker) == all);
}

TEST_CASE("documents that are text are given as text, under their title") {
  const json::value chat = written(body_of(R"("messages":[{"role":"user","content":[
    {"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"D"}},
    {"type":"document","source":{"type":"content","content":[{"type":"text","text":"E"}]}},
    {"type":"search_result","title":"S","source":"https://a.org","content":[{"type":"text","text":"F"}]}]}])"));
  CHECK(chat.at("messages").at(0).at("content") == "T\n\nC\n\nD\n\nE\n\nS\n\nhttps://a.org\n\nF");
}

TEST_CASE("how much may be thought is an effort in chat, and a wish only where the model may choose") {
  const auto effort = [](const std::string& members, const HostModel& model = thinker) {
    const json::value chat = written(body_of(hi + "," + members), model);
    const auto* said = chat.as_object().if_contains("reasoning_effort");
    return said ? std::string(said->as_string()) : std::string("unsaid");
  };
  CHECK(effort(R"("thinking":{"type":"enabled","budget_tokens":1024})") == "low");
  CHECK(effort(R"("thinking":{"type":"enabled","budget_tokens":10000})") == "medium");
  CHECK(effort(R"("thinking":{"type":"enabled","budget_tokens":32000})") == "high");
  CHECK(effort(R"("thinking":{"type":"adaptive"})") == "unsaid");
  CHECK(effort(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"})") == "high");
  CHECK(effort(R"("thinking":{"type":"disabled"})") == "none");
  CHECK(effort(R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"})", plain) == "unsaid");
  CHECK(unsaid_of(body_of(hi + R"(,"thinking":{"type":"adaptive"},"output_config":{"effort":"max"})"),
                  plain) == "hints reasoning");
  CHECK(unsaid_of(body_of(hi + R"(,"thinking":{"type":"enabled","budget_tokens":1024})"), plain) ==
        "needs reasoning");
  CHECK(unsaid_of(body_of(hi + R"(,"thinking":{"type":"adaptive"})"), plain).empty());
}

TEST_CASE("what chat has no word for is a need or a hint by its own name") {
  CHECK(unsaid_of(body_of(hi + R"(,"mcp_servers":[],"container":null)")).empty());
  CHECK(unsaid_of(body_of(hi + R"(,"mcp_servers":[{"url":"x"}])")) == "needs mcp_servers");
  CHECK(unsaid_of(body_of(hi + R"(,"top_k":5,"context_management":{"edits":[]},"service_tier":"auto")")) ==
        "hints top_k,context_management,service_tier");
  CHECK(unsaid_of(body_of(hi + R"(,"tools":[{"type":"bash_20250124","name":"bash"}])")) == "needs tools[0]");
  CHECK(unsaid_of(body_of(R"("messages":[{"role":"user","content":[{"type":"server_tool_use","id":"1",
    "name":"web_search","input":{}}]}])")) == "needs messages[0].content[0]");
  CHECK(unsaid_of(body_of(R"("messages":[{"role":"user","content":[{"type":"image","source":{"type":"file",
    "file_id":"f"}}]}])")) == "needs file_id");
  CHECK(unsaid_of(body_of(hi + R"(,"debug":true)")).empty());
}

TEST_CASE("an answer's form is a schema in chat") {
  for (const char* members :
       {R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}})",
        R"("output_format":{"type":"json_schema","schema":{"type":"object"}})"}) {
    const json::value chat = written(body_of(hi + "," + members));
    CHECK(chat.at("response_format") == json::parse(R"({"type":"json_schema","json_schema":{"name":"answer",
      "schema":{"type":"object"},"strict":true}})"));
  }
}

TEST_CASE("what is no conversation is refused with its place") {
  CHECK(fault(R"("messages":[{"role":"nobody","content":"Hi"}])") == "invalid_value messages[0].role");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"text":"Hi"}]}])") ==
        "missing_member messages[0].content[0].type");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"image"}]}])") ==
        "missing_member messages[0].content[0].source");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}])") ==
        "missing_member messages[0].content[0].tool_use_id");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}])") ==
        "invalid_value messages[0].content");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64",)"
              R"("media_type":"text/plain","data":"AAAA"}}]}])") ==
        "invalid_value messages[0].content[0].source");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64",)"
              R"("media_type":"image/png","data":"<svg/>"}}]}])") ==
        "invalid_value messages[0].content[0].source");
  CHECK(fault(R"("messages":[{"role":"user","content":[{"type":"image","source":{"type":"url",)"
              R"("url":"ftp://a.example/b.png"}}]}])") == "invalid_value messages[0].content[0].source");
  CHECK(fault(hi + R"(,"tools":[{"input_schema":{}}])") == "missing_member tools[0].name");
  CHECK(fault(hi + R"(,"tool_choice":{"type":"tool"})") == "missing_member tool_choice.name");
  CHECK(fault(hi + R"(,"tool_choice":{"type":"some"})") == "invalid_value tool_choice.type");
  CHECK(fault(hi + R"(,"output_config":{"effort":"huge"})") == "invalid_value output_config.effort");
}

// What a Responses call says, as hosts of two other APIs are told it.
#include "gateway/surfaces/openai_responses/responses_conversation.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"

using namespace gateway;
namespace json = boost::json;

namespace {

using Thinking = providers::HostModel::Thinking;
const providers::HostModel host{"h", 8'192, Thinking::adaptive, true, true, true};

providers::Conversation read(const std::string& body) {
  static providers::JsonTokens tokens;
  Conversed read = responses_conversation_of(body, tokens);
  REQUIRE_MESSAGE(read.has_value(), body);
  return *std::move(read);
}

std::string with(const std::string& members) {
  return R"({"model":"m",)" + members + "}";
}

BodyFault fault(const std::string& members) {
  providers::JsonTokens tokens;
  const Conversed conversed = responses_conversation_of(with(members), tokens);
  REQUIRE_MESSAGE(!conversed.has_value(), members);
  return conversed.error();
}

json::object told(const providers::Dialect& dialect, const std::string& members) {
  providers::JsonTokens tokens;
  const std::string body = with(members);
  const auto written = dialect.interpreter()->write(read(body), host, routing::Delivery::whole, tokens);
  return json::parse(written.body).as_object();
}
json::object to_chat(const std::string& members) {
  return told(providers::openai_chat_dialect(), members);
}
json::object to_claude(const std::string& members) {
  return told(providers::anthropic_dialect(), members);
}
json::value parsed(const char* text) {
  return json::parse(text);
}

struct Names {
  std::vector<std::string> needs, hints;
};
Names unsaid(const std::string& members) {
  const std::string body = with(members);
  const providers::Conversation conversation = read(body);
  const auto carried = providers::openai_chat_dialect().interpreter()->carries(host);
  const auto found = providers::unsaid(conversation, carried);
  return {{found.needs.begin(), found.needs.end()}, {found.hints.begin(), found.hints.end()}};
}

}  // namespace

TEST_CASE("a text alone is the user's, and instructions come before all else") {
  CHECK(to_chat(R"("input":"Hi","instructions":"Be \"brief\".")").at("messages") ==
        parsed(R"([{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"Hi"}])"));
  CHECK(
      to_chat(R"("input":[{"role":"developer","content":"A"},{"role":"user","content":[{"type":"input_text",)"
              R"("text":"B"}]},{"role":"system","content":"C"}],"instructions":"I")")
          .at("messages") ==
      parsed(
          R"([{"role":"system","content":"I\n\nA"},{"role":"user","content":"B"},{"role":"system","content":"C"}])"));
}

TEST_CASE("calls and their results become the turns that they were") {
  const std::string items =
      R"("input":[{"role":"user","content":"Go"},)"
      R"({"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"I go","annotations":[]}]},)"
      R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":\"\u00fc\"}"},)"
      R"({"type":"function_call","id":"fc_2","call_id":"c2","name":"f","arguments":""},)"
      R"({"type":"function_call_output","call_id":"c1","output":"one"},)"
      R"({"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]},)"
      R"({"role":"user","content":"Well?"}])";
  CHECK(
      to_chat(items).at("messages") ==
      parsed(
          R"([{"role":"user","content":"Go"},{"role":"assistant","content":"I go","reasoning_content":"","tool_calls":[
          {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"ü\"}"}},
          {"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":"two"},
          {"role":"user","content":"Well?"}])"));
  const auto turns = to_claude(items).at("messages").as_array();
  REQUIRE(turns.size() == 3);
  CHECK(turns[1].at("content").as_array().size() == 3);
  CHECK(turns[2].at("content").at(0).at("tool_use_id") == "c1");
}

TEST_CASE("results of calls that nobody made are refused at their place") {
  const BodyFault lost = fault(R"("input":[{"type":"function_call_output","call_id":"c","output":"x"}])");
  CHECK(lost.param == "input[0].call_id");
  CHECK(fault(R"("input":[{"type":"message","content":"x"}])").param == "input[0].role");
  CHECK(fault(R"("input":[{"role":"wizard","content":"x"}])").param == "input[0].role");
  CHECK(fault(R"("input":[{"type":"function_call","call_id":"c","arguments":"{}"}])").param ==
        "input[0].name");
  CHECK(fault(R"("input":[{"role":"user","content":[{"type":"input_image"}]}])").param ==
        "input[0].content[0].image_url");
  CHECK(fault(R"("input":[{"role":"user","content":[{"type":"input_image","image_url":"data:x"}]}])").param ==
        "input[0].content[0].image_url");
  CHECK(fault(R"("input":"a","tools":[{"type":"function"}])").param == "tools[0].name");
  CHECK(fault(R"("input":"a","metadata":[1])").param == "metadata");
  CHECK(fault(R"("input":"a","text":{"format":{"type":"json_schema"}})").param == "text.format.schema");
  CHECK(fault(R"("input":"a","reasoning":{"effort":"much"})").param == "reasoning.effort");
}

TEST_CASE("a tool that takes a text is a function of one, and its calls are put as such") {
  const std::string custom =
      R"("tools":[{"type":"custom","name":"p","description":"Patches","format":{"type":"grammar","syntax":"lark",)"
      R"("definition":"start: /a+/"}}],"input":[{"role":"user","content":"Go"},{"type":"custom_tool_call",)"
      R"("call_id":"c","name":"p","input":"a\n\"b\""},{"type":"custom_tool_call_output","call_id":"c","output":"ok"}])";
  const json::object body = to_chat(custom);
  const json::object& function = body.at("tools").at(0).at("function").as_object();
  CHECK(function.at("parameters").at("required") == parsed(R"(["input"])"));
  CHECK(std::string(function.at("description").as_string()).find("start: /a+/") != std::string::npos);
  const auto& call = body.at("messages").at(1).at("tool_calls").at(0).at("function");
  CHECK(json::parse(call.at("arguments").as_string()) == parsed(R"({"input":"a\n\"b\""})"));
  CHECK(body.at("messages").at(2).at("content") == "ok");
  CHECK(unsaid(custom).hints == std::vector<std::string>{"format"});
}

TEST_CASE("tools of a group are called by a name of both") {
  const std::string group =
      R"("input":[{"role":"user","content":"Go"},{"type":"function_call","call_id":"c","name":"f","namespace":"g",)"
      R"("arguments":"{}"}],"tools":[{"type":"namespace","tools":[{"type":"function","name":"f","parameters":{}},)"
      R"({"type":"custom","name":"p"}],"name":"g","description":"d"},{"type":"function","name":"h"}])";
  const json::object body = to_chat(group);
  const auto& tools = body.at("tools").as_array();
  REQUIRE(tools.size() == 3);
  CHECK(tools[0].at("function").at("name") == "g__f");
  CHECK(tools[1].at("function").at("name") == "g__p");
  CHECK(tools[2].at("function").at("name") == "h");
  CHECK(body.at("messages").at(1).at("tool_calls").at(0).at("function").at("name") == "g__f");
}

TEST_CASE("how free the model is to call is told in each of its forms") {
  const std::string tools =
      R"("input":"a","tools":[{"type":"function","name":"f"},{"type":"custom","name":"p"}])";
  CHECK(to_chat(tools + R"(,"tool_choice":"required")").at("tool_choice") == "required");
  CHECK(to_chat(tools + R"(,"tool_choice":{"type":"function","name":"f"})")
            .at("tool_choice")
            .at("function")
            .at("name") == "f");
  CHECK(to_chat(tools + R"(,"tool_choice":{"type":"custom","name":"p"})")
            .at("tool_choice")
            .at("function")
            .at("name") == "p");
  const json::object allowed = to_chat(
      tools +
      R"(,"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]})");
  CHECK(allowed.at("tools").as_array().size() == 1);
  CHECK(allowed.at("tool_choice") == "required");
  const auto needs = [&](const std::string& list) {
    return unsaid(tools + R"(,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[)" + list + "]}")
        .needs;
  };
  const std::vector<std::string> nobody{"tool_choice"};
  CHECK(needs(R"({"type":"function","name":"f"})").empty());
  CHECK(needs(R"({"type":"function","name":"f"},{"type":"function","name":"nobody"})") == nobody);
  CHECK(needs("") == nobody);
  CHECK(to_chat(tools + R"(,"parallel_tool_calls":false)").at("parallel_tool_calls") == false);
  CHECK(fault(tools + R"(,"tool_choice":{"type":"function"})").param == "tool_choice.name");
}

TEST_CASE("hosted tools are a need where they are all there is, and else a hint") {
  CHECK(unsaid(R"("input":"a","tools":[{"type":"web_search"}])").needs ==
        std::vector<std::string>{"tools[0]"});
  const Names beside =
      unsaid(R"("input":"a","tools":[{"type":"function","name":"f"},{"type":"web_search"}])");
  CHECK(beside.needs.empty());
  CHECK(beside.hints == std::vector<std::string>{"tools[1]"});
  CHECK(unsaid(R"("input":"a","tools":[{"type":"function","name":"f"},{"type":"web_search"}],)"
               R"("tool_choice":{"type":"web_search"})")
            .needs == std::vector<std::string>{"tools[1]", "tool_choice"});
  CHECK(unsaid(
            R"("input":"a","tools":[{"type":"function","name":"f"},{"type":"mcp"}],"tool_choice":"required")")
            .needs == std::vector<std::string>{"tools[1]"});
  CHECK(unsaid(R"("input":"a","tools":[{"type":"web_search"}],"tool_choice":"none")").needs.empty());
}

TEST_CASE("what no conversation has a place for is named as the client wrote it") {
  CHECK(
      unsaid(R"("input":[{"role":"user","content":"a"},{"type":"mcp_call","id":"m","output":"x"}])").needs ==
      std::vector<std::string>{"input[1]"});
  CHECK(unsaid(R"("input":[{"role":"user","content":[{"type":"input_video"}]}])").needs ==
        std::vector<std::string>{"input[0].content[0]"});
  CHECK(unsaid(R"("input":"a","prompt":{"id":"p"})").needs == std::vector<std::string>{"prompt"});
  CHECK(unsaid(R"("input":"a","truncation":"auto","max_tool_calls":3)").hints ==
        std::vector<std::string>{"truncation", "max_tool_calls"});
  const Names usual = unsaid(
      R"("input":"a","truncation":"disabled","service_tier":"auto","text":{"verbosity":"medium"},"store":true,)"
      R"("metadata":{"a":"b"},"include":["reasoning.encrypted_content"],"prompt_cache_key":"k","stream":true,)"
      R"("client_metadata":{"a":1},"parallel_tool_calls":true,"max_tool_calls":null)");
  CHECK(usual.needs.empty());
  CHECK(usual.hints.empty());
}

TEST_CASE("what both of OpenAI's APIs say in the same words is told in them") {
  const json::object body = to_chat(
      R"("input":"a","text":{"verbosity":"low"},"service_tier":"flex","prompt_cache_key":"k","safety_identifier":"s",)"
      R"("prompt_cache_retention":"24h","prompt_cache_options":{"mode":"explicit"},"top_logprobs":2,)"
      R"("include":["message.output_text.logprobs"])");
  CHECK(body.at("verbosity") == "low");
  CHECK(body.at("service_tier") == "flex");
  CHECK(body.at("prompt_cache_key") == "k");
  CHECK(body.at("prompt_cache_retention") == "24h");
  CHECK(body.at("prompt_cache_options") == parsed(R"({"mode":"explicit"})"));
  CHECK(body.at("safety_identifier") == "s");
  CHECK(body.at("logprobs") == true);
  CHECK(body.at("top_logprobs") == 2);
}

TEST_CASE(
    "a host of chats that refuses what it does not know is told none of OpenAI's words, and the client is") {
  providers::HostModel strict = host;
  strict.refuses_unknown_members = true;
  const providers::Interpreter& interpreter = *providers::openai_chat_dialect().interpreter();
  const std::string body = with(R"("input":"a","prompt_cache_key":"k","text":{"verbosity":"low"})");
  const providers::Conversation conversation = read(body);
  providers::JsonTokens tokens;
  const auto written = interpreter.write(conversation, strict, routing::Delivery::whole, tokens);
  const json::object told = json::parse(written.body).as_object();
  CHECK_FALSE(told.contains("prompt_cache_key"));
  CHECK_FALSE(told.contains("verbosity"));
  const auto unsaid = providers::unsaid(conversation, interpreter.carries(strict));
  CHECK(unsaid.hints == std::vector<std::string_view>{"verbosity", "prompt_cache_key"});
}

TEST_CASE("the form of the answer and how it is made are told") {
  const json::object body = to_chat(
      R"("input":"a","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},)"
      R"("temperature":0.50,"top_p":0.9,"max_output_tokens":77,"reasoning":{"effort":"high","summary":"auto"},)"
      R"("user":"u")");
  CHECK(body.at("response_format") ==
        parsed(
            R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})"));
  CHECK(body.at("temperature") == 0.5);
  CHECK(body.at("max_tokens") == 77);
  CHECK(body.at("reasoning_effort") == "high");
  CHECK(body.at("user") == "u");
  CHECK(to_chat(R"("input":"a","text":{"format":{"type":"json_object"}})").at("response_format").at("type") ==
        "json_object");
  CHECK(read(with(R"("input":"a","reasoning":{"summary":"auto"})")).thinking.wants_summary);
}

TEST_CASE("thinking goes back to those who signed it, wherever its text was shown") {
  const std::string items =
      R"("max_output_tokens":4000,"reasoning":{"effort":"low"},"input":[{"role":"user","content":"Q"},{"type":"reasoning","id":"rs","summary":[],)"
      R"("encrypted_content":"isocost.signed.1|anthropic-claude-v1|c2ln|Hm | \"so\""},)"
      R"({"type":"reasoning","id":"rs","summary":[],"encrypted_content":"isocost.redacted.1|anthropic-claude-v1|R"},)"
      R"({"role":"assistant","content":"A"},{"role":"user","content":"Q"}])";
  const auto content = to_claude(items).at("messages").at(1).at("content").as_array();
  REQUIRE(content.size() == 3);
  CHECK(content[0] == parsed(R"({"type":"thinking","thinking":"Hm | \"so\"","signature":"c2ln"})"));
  CHECK(content[1] == parsed(R"({"type":"redacted_thinking","data":"R"})"));
  CHECK(unsaid(items).hints.empty());
  CHECK(to_chat(items).at("messages").at(1).at("reasoning_content") == "Hm | \"so\"");
  const std::string body =
      with(R"("input":[{"type":"reasoning","id":"rs_9","summary":[],"encrypted_content":"E"}])");
  const providers::Conversation foreign = read(body);
  const auto& thought = std::get<providers::ThinkingPart>(foreign.turns.at(0).parts.at(0).what);
  CHECK(thought.redacted.is("E"));
  CHECK(thought.format.is("openai-responses-v1"));
  CHECK(thought.id.is("rs_9"));
}

TEST_CASE("what a response repeats is there as it was said, and has its usual value where it was not") {
  const std::string body = with(
      R"("input":"a","metadata":{"k":"v"},"tools":[ {"type":"function","name":"f"} ],"temperature":0.50,"store":true,"user":null)");
  const providers::Conversation conversation = read(body);
  const std::string object = "{" + std::string(conversation.said_back) + "}";
  CHECK(object.find(R"("tools":[ {"type":"function","name":"f"} ])") != std::string::npos);
  CHECK(object.find(R"("temperature":0.50)") != std::string::npos);
  const json::value back = json::parse(object);
  CHECK(back.at("metadata").at("k") == "v");
  CHECK(back.at("store") == false);
  CHECK(back.at("instructions").is_null());
  CHECK(back.at("tool_choice") == "auto");
  CHECK(back.at("text").at("format").at("type") == "text");
  CHECK_FALSE(back.as_object().contains("user"));
}

TEST_CASE("pictures of earlier answers go back to hosts that take them, and others are asked without") {
  const std::string items =
      R"("input":[{"role":"user","content":"Q"},{"type":"image_generation_call","id":"ig_1","status":"completed",)"
      R"("result":"\/9j\/4AAQ"},{"role":"user","content":"Bluer"}])";
  const std::string body = with(items);
  const providers::Conversation said = read(body);
  const auto& picture = std::get<providers::MediaPart>(said.turns.at(1).parts.at(0).what);
  CHECK(picture.media_type.is("image/jpeg"));
  CHECK(picture.content.is("/9j/4AAQ"));
  const auto shown = [](const std::string& result) {
    return R"("input":[{"role":"user","content":"Q"},{"type":"image_generation_call","id":"ig_1","result":")" +
           result + R"("},{"role":"user","content":"Bluer"}])";
  };
  const std::string of_gif = with(shown("R0lGODlh"));
  const providers::Conversation moving = read(of_gif);
  CHECK(std::get<providers::MediaPart>(moving.turns.at(1).parts.at(0).what).media_type.is("image/gif"));
  for (const std::string odd : {"", "https://a.example/b.png"}) {
    CHECK(read(with(shown(odd))).turns.size() == 2);
    CHECK(unsaid(shown(odd)).hints == std::vector<std::string>{"images"});
  }
  CHECK(to_claude(items).at("messages").as_array().size() == 1);
  CHECK(unsaid(items).hints == std::vector<std::string>{"images"});
  CHECK(unsaid(items).needs.empty());
}

TEST_CASE("calls that stand apart are one message of a chat, and their results are behind it at once") {
  const std::string call_1 = R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{}"})";
  const std::string call_2 = R"({"type":"function_call","call_id":"c2","name":"g","arguments":"{}"})";
  const std::string result_1 = R"({"type":"function_call_output","call_id":"c1","output":"1"})";
  const std::string result_2 = R"({"type":"function_call_output","call_id":"c2","output":"2"})";
  const auto roles = [](const json::object& body) {
    std::string told;
    for (const json::value& message : body.at("messages").as_array()) {
      told.append(message.at("role").as_string().c_str()).append(" ");
    }
    return told;
  };
  const json::object apart =
      to_chat(R"("input":[{"role":"user","content":"Hi"},)" + call_1 +
              R"(,{"role":"assistant","content":"And"},)" + call_2 + "," + result_1 + "," + result_2 + "]");
  CHECK(roles(apart) == "user assistant tool tool ");
  CHECK(apart.at("messages").at(1).at("content") == "And");
  CHECK(apart.at("messages").at(1).at("tool_calls").as_array().size() == 2);
  const json::object late =
      to_chat(R"("input":[{"role":"user","content":"Hi"},)" + call_1 +
              R"(,{"role":"user","content":"Hurry"},{"role":"developer","content":"Now"},)" + result_1 +
              R"(,{"role":"user","content":"So?"}])");
  CHECK(roles(late) == "user assistant tool user system user ");
}

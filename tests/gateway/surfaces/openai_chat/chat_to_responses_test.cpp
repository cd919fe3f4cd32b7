// A chat as a host that speaks Responses is told it.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "gateway/surfaces/openai_chat/chat_conversation.hpp"
#include "providers/dialect/interpreter.hpp"
#include "providers/dialect/unsaid.hpp"
#include "providers/dialects/openai_responses/openai_responses.hpp"

namespace {

namespace json = boost::json;
using Thinking = providers::HostModel::Thinking;
using Names = std::vector<std::string>;

const providers::HostModel thinker{"h", {}, Thinking::adaptive, true, true, true};
const providers::HostModel plain{"h", {}, Thinking::none, true, false, true};

struct Said {
  json::object body;
  Names dropped, needs, hints;
};

Said said(const std::string& members, const providers::HostModel& model = thinker,
          const std::string& messages = R"({"role":"user","content":"Hi"})") {
  providers::JsonTokens tokens;
  const std::string chat =
      R"({"model":"m","messages":[)" + messages + "]" + (members.empty() ? "" : "," + members) + "}";
  const gateway::Conversed read = gateway::conversation_of(chat, tokens);
  REQUIRE(read.has_value());
  const providers::Interpreter& interpreter = *providers::openai_responses_dialect().interpreter();
  const auto written = interpreter.write(*read, model, routing::Delivery::streamed, tokens);
  const auto unsaid = providers::unsaid(*read, interpreter.carries(model));
  return {json::parse(written.body).as_object(),
          {written.dropped.begin(), written.dropped.end()},
          {unsaid.needs.begin(), unsaid.needs.end()},
          {unsaid.hints.begin(), unsaid.hints.end()}};
}

json::value items(const std::string& messages) {
  return said("", thinker, messages).body.at("input");
}

}  // namespace

TEST_CASE("the system's words are instructions, and messages are items") {
  const Said all = said("", thinker,
                        R"({"role":"system","content":"A"},{"role":"developer","content":"B"},)"
                        R"({"role":"user","content":"C"},{"role":"assistant","content":"D"},)"
                        R"({"role":"system","content":"E"},{"role":"user","content":"F"})");
  CHECK(all.body.at("instructions") == "A\n\nB");
  CHECK(all.body.at("store") == false);
  CHECK(all.body.at("stream") == true);
  CHECK_FALSE(all.body.contains("stream_options"));
  CHECK(all.body.at("input") == json::parse(R"([
    {"type":"message","role":"user","content":[{"type":"input_text","text":"C"}]},
    {"type":"message","role":"assistant","content":"D"},
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"E"}]},
    {"type":"message","role":"user","content":[{"type":"input_text","text":"F"}]}])"));
  CHECK(items(R"({"role":"system","content":"A"})") ==
        json::parse(R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"A"}]}])"));
}

TEST_CASE("calls, results and media become items and parts") {
  CHECK(
      items(
          R"({"role":"user","content":[{"type":"text","text":"A"},{"type":"image_url","image_url":{"url":)"
          R"("data:image/png;base64,AA==","detail":"low"}},{"type":"file","file":{"filename":"a.pdf","file_data":)"
          R"("data:application/pdf;base64,BB=="}}]},{"role":"assistant","content":"B","tool_calls":[{"id":"c",)"
          R"("type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c",)"
          R"("content":"D"})") == json::parse(R"([
    {"type":"message","role":"user","content":[{"type":"input_text","text":"A"},
      {"type":"input_image","detail":"low","image_url":"data:image/png;base64,AA=="},
      {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BB=="}]},
    {"type":"message","role":"assistant","content":"B"},
    {"type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":1}"},
    {"type":"function_call_output","call_id":"c","output":"D"}])"));
}

TEST_CASE("tools say whether they are strict, and how free the model is") {
  const std::string tools =
      R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},)"
      R"({"type":"function","function":{"name":"g"}}],"parallel_tool_calls":false)";
  const json::object body =
      said(tools + R"(,"tool_choice":{"type":"function","function":{"name":"f"}})").body;
  CHECK(body.at("tools") == json::parse(R"([
    {"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
    {"type":"function","name":"g","parameters":{"type":"object","properties":{}},"strict":false}])"));
  CHECK(body.at("tool_choice") == json::parse(R"({"type":"function","name":"f"})"));
  CHECK(body.at("parallel_tool_calls") == false);
  CHECK(said(tools + R"(,"tool_choice":"required")").body.at("tool_choice") == "required");
  CHECK(said(tools, plain).hints == Names{"strict"});
}

TEST_CASE("how the answer is made is told, and what there is no word for is named") {
  const Said all = said(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"},"strict":true}},)"
      R"("temperature":0.5,"top_p":0.9,"max_tokens":50,"reasoning_effort":"high","user":"u","metadata":{"k":"v"})");
  CHECK(
      all.body.at("text") ==
      json::parse(
          R"({"format":{"type":"json_schema","name":"n","description":"d","schema":{"type":"object"},"strict":true}})"));
  CHECK(all.body.at("max_output_tokens") == 50);
  CHECK(all.body.at("reasoning") == json::parse(R"({"effort":"high","summary":"auto"})"));
  CHECK(all.body.at("include") == json::parse(R"(["reasoning.encrypted_content"])"));
  CHECK(all.body.at("metadata").at("k") == "v");
  CHECK(all.needs.empty());
  CHECK(all.hints.empty());
  CHECK(all.dropped.empty());
  CHECK(said(R"("seed":1)").needs == Names{"seed"});
  CHECK(said(R"("stop":"x")").needs == Names{"stop"});
  CHECK(said(R"("n":2)").needs == Names{"n"});
  CHECK(said(R"("frequency_penalty":1,"top_k":3)").hints == Names{"top_k", "frequency_penalty"});
  CHECK(said(R"("reasoning_effort":"low")", plain).needs == Names{"reasoning"});
  CHECK_FALSE(said("", plain).body.contains("include"));
}

TEST_CASE("what both of OpenAI's APIs say in the same words is told in them") {
  const Said all = said(
      R"("verbosity":"low","service_tier":"flex","prompt_cache_key":"k","prompt_cache_retention":"24h",)"
      R"("safety_identifier":"s","prompt_cache_options":{"mode":"explicit"},"logprobs":true,"top_logprobs":2)");
  CHECK(all.body.at("text") == json::parse(R"({"verbosity":"low"})"));
  CHECK(all.body.at("service_tier") == "flex");
  CHECK(all.body.at("prompt_cache_key") == "k");
  CHECK(all.body.at("prompt_cache_retention") == "24h");
  CHECK(all.body.at("prompt_cache_options") == json::parse(R"({"mode":"explicit"})"));
  CHECK(all.body.at("safety_identifier") == "s");
  CHECK(all.body.at("top_logprobs") == 2);
  CHECK(all.body.at("include") ==
        json::parse(R"(["reasoning.encrypted_content","message.output_text.logprobs"])"));
  CHECK(all.needs.empty());
  CHECK(all.hints.empty());
  const Said few = said(R"("logprobs":true)", plain);
  CHECK(few.body.at("include") == json::parse(R"(["message.output_text.logprobs"])"));
  CHECK_FALSE(few.body.contains("top_logprobs"));
}

TEST_CASE("tools that take a text are what this API knows them as, and so are their calls") {
  const Said all = said(
      R"("tools":[{"type":"custom","custom":{"name":"p","description":"d","format":{"type":"grammar","grammar":)"
      R"({"syntax":"lark","definition":"start: /a+/"}}}},{"type":"custom","custom":{"name":"q"}}],)"
      R"("tool_choice":{"type":"custom","custom":{"name":"p"}})",
      thinker,
      R"({"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":)"
      R"({"name":"p","input":"a\n\"b\""}}]},{"role":"tool","tool_call_id":"c","content":"ok"})");
  CHECK(all.body.at("tools") == json::parse(R"([
    {"type":"custom","name":"p","description":"d",
     "format":{"type":"grammar","syntax":"lark","definition":"start: /a+/"}},
    {"type":"custom","name":"q"}])"));
  CHECK(all.body.at("tool_choice") == json::parse(R"({"type":"custom","name":"p"})"));
  CHECK(all.body.at("input").at(1) ==
        json::parse(R"({"type":"custom_tool_call","call_id":"c","name":"p","input":"a\n\"b\""})"));
  CHECK(all.body.at("input").at(2).at("type") == "custom_tool_call_output");
  CHECK(all.hints.empty());
}

TEST_CASE("fewer tokens than the API takes are as many as it does, and that is told") {
  const Said all = said(R"("max_tokens":3)");
  CHECK(all.body.at("max_output_tokens") == 16);
  CHECK(all.dropped == Names{"max_tokens"});
}

TEST_CASE("only what this API encrypted goes back as reasoning") {
  const Said all =
      said("", thinker,
           R"({"role":"user","content":"A"},{"role":"assistant","content":"B","reasoning_details":[)"
           R"({"type":"reasoning.encrypted","data":"E","id":"rs_1","format":"openai-responses-v1"},)"
           R"({"type":"reasoning.text","text":"x","signature":"s","format":"anthropic-claude-v1"}]},)"
           R"({"role":"user","content":"C"})");
  CHECK(all.body.at("input").at(1) ==
        json::parse(R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"E"})"));
  CHECK(all.body.at("input").as_array().size() == 4);
  CHECK(all.dropped == Names{"reasoning_details"});
}

TEST_CASE("what is encrypted goes back to the endpoint whose mark it bears, without it, and to no other") {
  providers::HostModel host = thinker;
  const auto sent_to = [&](std::uint64_t owner) {
    host.owner = owner;
    return said("", host,
                R"({"role":"user","content":"A"},{"role":"assistant","content":"B","reasoning_details":[)"
                R"({"type":"reasoning.encrypted","data":"E.iso-00000000000000ab","format":)"
                R"("openai-responses-v1"}]},{"role":"user","content":"C"})");
  };
  const Said own = sent_to(0xab), of_another = sent_to(0xac);
  CHECK(own.body.at("input").at(1).at("encrypted_content") == "E");
  CHECK(own.dropped.empty());
  CHECK(of_another.body.at("input").as_array().size() == 3);
  CHECK(of_another.dropped == Names{"reasoning_details"});
}

// What simulated hosts say where more than words is asked for, in both of their APIs.
#include "providers/simulated/simulated_said.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <string>

#include "providers/dialect/interpreter.hpp"
#include "providers/dialects/anthropic/anthropic.hpp"
#include "providers/dialects/openai_chat/openai_chat.hpp"
#include "providers/simulated/simulated_reply.hpp"
#include "providers/simulated/simulated_schema.hpp"
#include "tests/support/told_answer.hpp"

using namespace providers;
using Kind = SimulatedSaid::Kind;
namespace json = boost::json;

namespace {

SimulatedRequest asked(const std::string& members, const std::string& text = "Hi",
                       SimulatedApi api = SimulatedApi::chat) {
  auto read =
      read_simulated_request(R"({"model":"m","max_tokens":99,"messages":[{"role":"user","content":")" + text +
                                 R"("}])" + members + "}",
                             64, {.api = api});
  REQUIRE(std::holds_alternative<SimulatedRequest>(read));
  return std::get<SimulatedRequest>(read);
}

const std::string tools =
    R"(,"tools":[{"type":"function","function":{"name":"send_mail"}},{"type":"function","function":{"name":"getWeather",
    "parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2,
    "maximum":3}},"required":["city","days"]}}}])";

std::string told(std::string_view stream, const Dialect& dialect) {
  JsonTokens tokens;
  support::ToldAnswer answer;
  CHECK(dialect.interpreter()->streamed({}, tokens)->feed(stream, answer) == Reading::ended);
  return answer.text();
}
std::string told_whole(std::string_view body, const Dialect& dialect) {
  JsonTokens tokens;
  support::ToldAnswer answer;
  CHECK(dialect.interpreter()->whole(body, {}, tokens, answer) == Reading::ended);
  return answer.text();
}
std::string streamed(const SimulatedReply& reply, const routing::Answer& answer) {
  const std::int64_t half = answer.output.count / 2;
  return reply.first_events(answer) + reply.token_events(0, half, answer) +
         reply.token_events(half, answer.output.count, answer) + reply.last_events(answer);
}

}  // namespace

TEST_CASE(
    "a tool is called where the question is of it, where one must be, and not again once it has answered") {
  CHECK(said_to(asked(tools), 1).kind == Kind::words);
  const SimulatedSaid weather = said_to(asked(tools, "What is the weather in Rome?"), 1);
  CHECK(weather.kind == Kind::call);
  CHECK(weather.tool == "getWeather");
  const json::value arguments = json::parse(weather.text);
  CHECK(arguments.at("city").is_string());
  CHECK(arguments.at("days").as_int64() >= 2);
  CHECK(arguments.at("days").as_int64() <= 3);
  CHECK(said_to(asked(tools + R"(,"tool_choice":"none")", "What is the weather?"), 1).kind == Kind::words);
  CHECK(said_to(asked(tools + R"(,"tool_choice":"required")"), 1).kind == Kind::call);
  CHECK(said_to(asked(tools + R"(,"tool_choice":{"type":"function","function":{"name":"send_mail"}})"), 1)
            .text == "{}");
  auto told_back = read_simulated_request(
      R"({"model":"m","messages":[{"role":"tool","tool_call_id":"1","content":"The weather is fine."}])" +
          tools + "}",
      64);
  CHECK(said_to(std::get<SimulatedRequest>(told_back), 1).kind == Kind::words);
}

TEST_CASE("hosts of Messages call the tool, and answer in the form, that they are asked for") {
  const std::string of_messages = R"(,"tools":[{"name":"weather","input_schema":{"type":"object"}}])";
  const auto messages = [](const std::string& members, const std::string& text = "Hi") {
    return said_to(asked(members, text, SimulatedApi::messages), 1);
  };
  CHECK(messages(of_messages, "The weather?").kind == Kind::call);
  CHECK(messages(of_messages + R"(,"tool_choice":{"type":"any"})").kind == Kind::call);
  CHECK(messages(of_messages + R"(,"tool_choice":{"type":"tool","name":"weather"})").tool == "weather");
  CHECK(messages(of_messages + R"(,"tool_choice":{"type":"none"})", "The weather?").kind == Kind::words);
  CHECK(messages(R"(,"output_config":{"format":{"type":"json_schema","schema":{"const":7}}})").text == "7");
  CHECK(asked(R"(,"thinking":{"type":"enabled","budget_tokens":9})", "Hi", SimulatedApi::messages)
            .shows_thinking);
  const auto added = read_simulated_request(
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"},{"role":"system","content":"Weather."}])" +
          of_messages + "}",
      64, {.api = SimulatedApi::messages});
  CHECK(said_to(std::get<SimulatedRequest>(added), 1).kind == Kind::words);
  const auto result = read_simulated_request(
      R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1",)"
      R"("content":[{"type":"text","text":"weather"}]}]}])" +
          of_messages + "}",
      64, {.api = SimulatedApi::messages});
  CHECK(said_to(std::get<SimulatedRequest>(result), 1).kind == Kind::words);
}

TEST_CASE("what a schema allows is made of it") {
  const auto made = [](const std::string& schema, std::uint64_t key = 5) {
    return json::parse(instance_of(schema, key));
  };
  CHECK(made(R"({"const":"x"})") == "x");
  CHECK(made(R"({"enum":["a"]})") == "a");
  CHECK(made(R"({"type":"boolean"})").is_bool());
  CHECK(made(R"({"type":["string","null"]})").is_string());
  CHECK(made(R"({"type":"string","minLength":40})").as_string().size() >= 40);
  CHECK(made(R"({"type":"string","maxLength":2})").as_string().size() == 2);
  CHECK(made(R"({"type":"string","format":"date"})") == "2026-11-28");
  CHECK(made(R"({"type":"array","items":{"type":"integer"},"minItems":4})").as_array().size() == 4);
  CHECK(made(R"({"type":"array","items":{"type":"integer"},"maxItems":1})").as_array().size() == 1);
  CHECK(made(R"({"anyOf":[{"type":"integer","minimum":3,"maximum":3}]})") == 3);
  CHECK(made(R"({"allOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"]}]})").at("a") ==
        1);
  CHECK(made(R"({"$defs":{"N":{"type":"object","properties":{"v":{"const":2}},"required":["v"]}},
    "$ref":"#/$defs/N"})")
            .at("v") == 2);
  for (std::uint64_t key = 0; key < 40; ++key) {
    const double number =
        made(R"({"type":"number","exclusiveMinimum":0,"maximum":4,"multipleOf":2})", key).to_number<double>();
    CHECK((number == 2 || number == 4));
    const auto whole = made(R"({"type":"integer","maximum":-3})", key).as_int64();
    CHECK(whole <= -3);
  }
  // One that contains itself comes to an end.
  const json::value list =
      made(R"({"$defs":{"L":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/L"},
    {"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/L"})");
  CHECK(list.is_object());
  CHECK(instance_of("nonsense", 1) == "{}");
}

TEST_CASE("a call is streamed and told whole in both APIs, with arguments that are JSON") {
  const SimulatedSaid call{.kind = Kind::call, .text = R"({"city":"Z\u00fcrich","days":3})", .tool = "f"};
  const routing::Answer answer{.prompt = {10}, .cached = {4}, .output = {9}, .reasoning = {3}};
  const SimulatedChat chat("id", "m", 5, {{77, call}}, {});
  const std::string chatted = told(streamed(chat, answer), openai_chat_dialect());
  CHECK(chatted == told_whole(chat.whole(answer), openai_chat_dialect()));
  CHECK(chatted.find("f\narguments 0: ") != std::string::npos);
  CHECK(chatted.find("end tool_calls tool_calls\n") != std::string::npos);
  for (const auto thoughts : {SimulatedMessage::Thoughts::shown, SimulatedMessage::Thoughts::hidden}) {
    const SimulatedMessage message("id", "m", {77, call}, thoughts);
    const std::string said = told(streamed(message, answer), anthropic_dialect());
    CHECK(said == told_whole(message.whole(answer), anthropic_dialect()));
    CHECK((said.find("thinking 0: ") != std::string::npos) ==
          (thoughts == SimulatedMessage::Thoughts::shown));
    CHECK(said.find("end tool_calls tool_use\n") != std::string::npos);
    CHECK(said.find("usage 10/4/0 9") != std::string::npos);
  }
}

TEST_CASE("words are the same whichever API they come in, and an answer that was cut says so") {
  routing::Answer answer{.prompt = {10}, .output = {30}, .reasoning = {10}};
  const SimulatedChat chat("id", "m", 5, {{77, {}}}, {});
  const SimulatedMessage message("id", "m", {77, {}}, SimulatedMessage::Thoughts::shown);
  const auto text = [](const std::string& said) { return said.substr(said.find("text: "), 60); };
  CHECK(text(told(streamed(chat, answer), openai_chat_dialect())) ==
        text(told(streamed(message, answer), anthropic_dialect())));
  answer.finish = routing::Answer::Finish::length;
  CHECK(told(streamed(message, answer), anthropic_dialect()).find("end length max_tokens\n") !=
        std::string::npos);
  // All of it was thought.
  answer.reasoning = answer.output;
  CHECK(told(streamed(message, answer), anthropic_dialect()) ==
        told_whole(message.whole(answer), anthropic_dialect()));
}

TEST_CASE("several choices differ, and tokens tell how likely they were where that is asked for") {
  const SimulatedRequest request = asked(R"(,"n":2,"logprobs":true,"top_logprobs":2)");
  CHECK(request.choices == 2);
  CHECK(request.logprobs == 2);
  const routing::Answer answer{.prompt = {10}, .output = {5}};
  const SimulatedChat chat("id", "m", 5, {{1, {}}, {2, {}}}, {.logprobs = 2});
  const json::value whole = json::parse(chat.whole(answer));
  const auto& choices = whole.at("choices").as_array();
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].at("message").at("content") != choices[1].at("message").at("content"));
  const auto& tokens = choices[0].at("logprobs").at("content").as_array();
  REQUIRE(tokens.size() == 5);
  CHECK(tokens[0].at("logprob").to_number<double>() <= 0);
  CHECK(tokens[0].at("top_logprobs").as_array().size() == 2);
  CHECK(tokens[0].at("top_logprobs").at(0).at("token") == tokens[0].at("token"));
  CHECK(whole.at("usage").at("completion_tokens") == 10);
  CHECK(streamed(chat, answer).find(R"("index":1)") != std::string::npos);
  CHECK(std::holds_alternative<BadRequest>(
      read_simulated_request(R"({"model":"m","n":0,"messages":[{"role":"user","content":"x"}]})", 64)));
}

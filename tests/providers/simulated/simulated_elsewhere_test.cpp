// Simulated hosts in Google's, Amazon's and Microsoft's ways of asking.
#include "providers/simulated/simulated_elsewhere.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "providers/simulated/simulated_frame.hpp"
#include "providers/simulated/simulated_said.hpp"

using namespace providers;
namespace json = boost::json;

namespace {

SimulatedRequest asked(SimulatedApi api, const std::string& body) {
  auto read = read_elsewhere(body, 64, {.api = api, .model = "m"});
  REQUIRE(std::holds_alternative<SimulatedRequest>(read));
  return std::get<SimulatedRequest>(read);
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace

TEST_CASE("a frame is the one that Smithy's codec writes") {
  CHECK(
      hexadecimal(simulated_frame("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"}})")) ==
      "0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e7465"
      "6e742d74"
      "7970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e7465"
      "6e74426c"
      "6f636b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657");
}

TEST_CASE("each of Anthropic's events is wrapped in a frame, in base64") {
  CHECK(wrapped_in_frames("event: a\ndata: {\"a\":1}\n\nevent: b\ndata: {}\n\n") ==
        simulated_frame("chunk", R"({"bytes":"eyJhIjoxfQ=="})") +
            simulated_frame("chunk", R"({"bytes":"e30="})"));
}

TEST_CASE("paths say which API it is, and some of them the model") {
  const auto path = [](std::string_view target, std::string_view query = "") {
    return simulated_path(target, query, "/v1");
  };
  CHECK(path("/v1/chat/completions")->api == SimulatedApi::chat);
  CHECK(!path("/v1/chat/completions")->model);
  CHECK(path("/v1/models/gemini-x:generateContent")->model == "gemini-x");
  CHECK(path("/v1/models/gemini-x:streamGenerateContent")->is_array);
  CHECK(!path("/v1/models/gemini-x:streamGenerateContent", "key=1&alt=sse")->is_array);
  CHECK(path("/v1/models/claude:streamRawPredict")->api == SimulatedApi::vertex_messages);
  CHECK(path("/v1/model/us.deepseek.r1-v1%3A0/converse-stream")->model == "us.deepseek.r1-v1:0");
  CHECK(path("/v1/model/m/invoke")->api == SimulatedApi::bedrock_messages);
  CHECK(path("/v1/deployments/mine/chat/completions", "api-version=2024-10-21")->model == "mine");
  for (const char* nothing :
       {"/v2/messages", "/v1/models", "/v1/models/:generateContent", "/v1/model//converse",
        "/v1/deployments/mine/chat/completions", "/v1/models/a/b:generateContent"}) {
    CAPTURE(nothing);
    CHECK(!path(nothing));
  }
}

TEST_CASE("Google's requests are read: lengths, tools, schemas in capitals, results") {
  const SimulatedRequest tools =
      asked(SimulatedApi::gemini, R"({"contents":[{"role":"user","parts":[{"text":"The weather?"}]}],
    "generationConfig":{"maxOutputTokens":7,"thinkingConfig":{"includeThoughts":true}},
    "tools":[{"functionDeclarations":[{"name":"weather","parameters":{"type":"OBJECT","properties":{"days":{"type":"INTEGER"}},
    "required":["days"]}}]}]})");
  CHECK(tools.max_output == config::Tokens{7});
  CHECK(tools.shows_thinking);
  const SimulatedSaid said = said_to(tools, 1);
  CHECK(said.tool == "weather");
  CHECK(json::parse(said.text).at("days").is_int64());
  const SimulatedRequest result =
      asked(SimulatedApi::gemini, R"({"contents":[{"role":"user","parts":[{"text":"The weather?"}]},
    {"role":"user","parts":[{"functionResponse":{"name":"weather","response":{"result":"sun"}}}]}],
    "tools":[{"functionDeclarations":[{"name":"weather"}]}]})");
  CHECK(said_to(result, 1).kind == SimulatedSaid::Kind::words);
  const SimulatedRequest form = asked(SimulatedApi::gemini, R"({"contents":[{"parts":[{"text":"Hi"}]}],
    "generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"STRING"}}})");
  CHECK(json::parse(said_to(form, 1).text).is_string());
}

TEST_CASE("Amazon's requests are read: lengths, tools, choices, schemas in a text") {
  const SimulatedRequest tools =
      asked(SimulatedApi::converse, R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}],
    "inferenceConfig":{"maxTokens":9},"toolConfig":{"tools":[{"toolSpec":{"name":"weather","inputSchema":{"json":
    {"type":"object"}}}}],"toolChoice":{"tool":{"name":"weather"}}}})");
  CHECK(tools.max_output == config::Tokens{9});
  CHECK(said_to(tools, 1).tool == "weather");
  const SimulatedRequest form =
      asked(SimulatedApi::converse, R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}],
    "outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"const\":7}"}}}}})");
  CHECK(said_to(form, 1).text == "7");
}

TEST_CASE("what is no request of theirs is refused") {
  for (const SimulatedApi api : {SimulatedApi::gemini, SimulatedApi::converse}) {
    for (const char* body :
         {"", "{", "[]", "{}", R"({"contents":[],"messages":[]})", R"({"contents":{},"messages":7})"}) {
      CAPTURE(body);
      CHECK(std::holds_alternative<BadRequest>(read_elsewhere(body, 64, {.api = api, .model = "m"})));
    }
  }
}

TEST_CASE("Messages elsewhere have the version in the body, and not what the path says") {
  const auto read = [](SimulatedApi api, const std::string& more) {
    return read_simulated_request(
        R"({"max_tokens":9,"messages":[{"role":"user","content":"Hi"}])" + more + "}", 64,
        {.api = api, .model = "claude", .streams = true});
  };
  const std::string version = R"(,"anthropic_version":"bedrock-2023-05-31")";
  const auto good = read(SimulatedApi::bedrock_messages, version);
  REQUIRE(std::holds_alternative<SimulatedRequest>(good));
  CHECK(std::get<SimulatedRequest>(good).model == "claude");
  CHECK(std::get<SimulatedRequest>(good).delivery == routing::Delivery::streamed);
  CHECK(std::holds_alternative<BadRequest>(read(SimulatedApi::bedrock_messages, "")));
  CHECK(std::holds_alternative<BadRequest>(
      read(SimulatedApi::bedrock_messages, version + R"(,"stream":true)")));
  CHECK(std::holds_alternative<BadRequest>(read(SimulatedApi::vertex_messages, version + R"(,"model":"m")")));
  CHECK(std::holds_alternative<SimulatedRequest>(
      read(SimulatedApi::vertex_messages, version + R"(,"stream":true)")));
}

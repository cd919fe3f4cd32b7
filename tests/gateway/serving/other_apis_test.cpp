// Hosts that speak another API than the client, and calls that are no chats.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_chat/openai_chat.hpp"
#include "gateway/surfaces/openai_completions/openai_completions.hpp"
#include "gateway/surfaces/openai_embeddings/openai_embeddings.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
using config::Formats;
using gateway::Ending;
using routing::FailureKind;

namespace {

namespace json = boost::json;

config::Settings speaking(Formats cheap, Formats middle, Formats dear) {
  config::Settings settings = three_prices();
  auto& endpoints = settings.models[0].endpoints;
  endpoints[0].speaks = cheap;
  endpoints[1].speaks = middle;
  endpoints[2].speaks = dear;
  return settings;
}

// The cheapest speaks Anthropic's Messages alone.
config::Settings one_of_anthropics() {
  return speaking(Format::messages, Format::chat, Format::chat);
}

std::string sse(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}
const std::string begins = sse(
    "message_start",
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude",)"
    R"("content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,)"
    R"("cache_read_input_tokens":2,"cache_creation_input_tokens":0,"output_tokens":1}}})");
const std::string text_begins =
    sse("content_block_start",
        R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})");
std::string text_piece(const std::string& text) {
  return sse(
      "content_block_delta",
      R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":")" + text + "\"}}");
}
const std::string text_ends = sse("content_block_stop", R"({"type":"content_block_stop","index":0})");
const std::string ends =
    sse("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},)"
                         R"("usage":{"output_tokens":5}})") +
    sse("message_stop", R"({"type":"message_stop"})");

const std::string whole_message =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text",)"
    R"("text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,)"
    R"("cache_read_input_tokens":2,"output_tokens":5}})";

// The chunks that the client got, without [DONE].
std::vector<json::value> chunks_of(const std::string& body) {
  std::vector<json::value> chunks;
  std::size_t at = 0;
  while ((at = body.find("data: ", at)) != std::string::npos) {
    const std::size_t end = body.find("\n\n", at);
    const std::string data = body.substr(at + 6, end - at - 6);
    if (data != "[DONE]") chunks.push_back(json::parse(data));
    at = end;
  }
  return chunks;
}

std::string text_of(const std::string& body) {
  std::string text;
  for (const json::value& chunk : chunks_of(body)) {
    const auto& choices = chunk.at("choices").as_array();
    if (choices.empty()) continue;
    const auto* content = choices[0].at("delta").as_object().if_contains("content");
    if (content && content->is_string()) text += content->as_string();
  }
  return text;
}

}  // namespace

TEST_CASE("a chat is put into the words of a host that speaks Messages, and its stream into chunks") {
  ServedWorld world(one_of_anthropics());
  world.script(ServedWorld::cheap, pieces({{100ms, begins + text_begins},
                                           {200ms, text_piece("Hel")},
                                           {50ms, text_piece("lo \\u00e9") + text_ends + ends}}));
  world.ask(R"(,"max_tokens":50,"stream_options":{"include_usage":true})");
  world.advance(310ms);
  CHECK(text_of(world.client.body) == "Hel");  // as it comes
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  const json::value asked = json::parse(world.host(ServedWorld::cheap).requests.at(0));
  CHECK(world.host(ServedWorld::cheap).targets.at(0) == "/messages");
  CHECK(asked.at("max_tokens") == 50);
  CHECK(asked.at("stream") == true);
  CHECK(text_of(world.client.body) == "Hello \xc3\xa9");
  CHECK(world.client.body.ends_with("data: [DONE]\n\n"));
  const auto chunks = chunks_of(world.client.body);
  CHECK(chunks.at(chunks.size() - 2).at("choices").at(0).at("finish_reason") == "stop");
  const json::value& usage = chunks.back().at("usage");
  CHECK(usage.at("prompt_tokens") == 11);  // cached ones are part of it here
  CHECK(usage.at("completion_tokens") == 5);
  CHECK(usage.at("prompt_tokens_details").at("cached_tokens") == 2);
  CHECK(usage.at("cost").to_number<double>() > 0);
  const routing::Attempt& attempt = world.record().attempts.at(0);
  CHECK(attempt.first_delta == 300ms);
  CHECK(attempt.usage->prompt.count == 11);
  CHECK(attempt.usage->cached.count == 2);
  CHECK_FALSE(attempt.usage_is_estimated);
}

TEST_CASE(
    "a tool that the host knows by another name is called by the client's own, however late in the stream") {
  config::Settings settings = one_of_anthropics();
  for (config::EndpointSettings& each : settings.models[0].endpoints)
    each.features.set(static_cast<std::size_t>(config::Feature::tools));
  ServedWorld world(settings);
  const std::string body =
      R"(,"max_tokens":50,"tools":[{"type":"function","function":{"name":"mcp.server/do","parameters":{"type":"object"}}}])";
  world.script(ServedWorld::cheap,
               pieces({{100ms, begins + text_begins + text_piece("So")}, {1s, text_ends}}));
  world.ask(body);
  world.advance(500ms);
  const json::value asked = json::parse(world.host(ServedWorld::cheap).requests.at(0));
  const std::string hosts(asked.at("tools").at(0).at("name").as_string());
  CHECK(hosts.find_first_of("./") == std::string::npos);

  ServedWorld again(settings);
  const std::string call =
      sse("content_block_start",
          R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":")" +
              hosts + R"(","input":{}}})") +
      sse("content_block_stop", R"({"type":"content_block_stop","index":1})");
  again.script(ServedWorld::cheap, pieces({{100ms, begins + text_begins},
                                           {200ms, text_piece("So")},
                                           {50ms, text_piece(" be it.") + text_ends},
                                           {500ms, call + ends}}));
  again.ask(body);
  again.advance(2s);
  REQUIRE(again.ended());
  CHECK(again.record().ending == Ending::answered);
  std::string called;
  for (const json::value& chunk : chunks_of(again.client.body)) {
    for (const json::value& choice : chunk.at("choices").as_array()) {
      if (const auto* calls = choice.at("delta").as_object().if_contains("tool_calls"))
        if (const auto* function = calls->at(0).as_object().if_contains("function"))
          if (const auto* name = function->as_object().if_contains("name")) called += name->as_string();
    }
  }
  CHECK(called == "mcp.server/do");
}

TEST_CASE("a whole message becomes a whole chat reply, with its cost") {
  ServedWorld world(one_of_anthropics());
  world.script(ServedWorld::cheap, document(whole_message));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  const json::value reply = json::parse(world.client.body);
  CHECK(reply.at("object") == "chat.completion");
  CHECK(reply.at("id").as_string() == json::value(world.record().id));
  CHECK(reply.at("choices").at(0).at("message").at("content") == "Hello");
  CHECK(reply.at("usage").at("total_tokens") == 16);
  CHECK(world.client.has("x-isocost-cost: "));
  CHECK(world.record().attempts.at(0).usage->output.count == 5);
}

TEST_CASE("hosts of two APIs stand in for each other until the client has bytes") {
  ServedWorld world(one_of_anthropics());
  SUBCASE("from Messages to chat: it breaks off before it says anything") {
    world.script(ServedWorld::cheap, pieces({{{}, begins + text_begins}}));
    world.script(ServedWorld::middle, stream("Hello"));
  }
  SUBCASE("from Messages to chat: an error event") {
    world.script(ServedWorld::cheap,
                 pieces({{{},
                          begins + sse("error", R"({"type":"error","error":{"type":"overloaded_error",)"
                                                R"("message":"Overloaded"}})")}}));
    world.script(ServedWorld::middle, stream("Hello"));
  }
  SUBCASE("from Messages to chat: a status") {
    world.script(ServedWorld::cheap,
                 refuses(529, R"({"type":"error","error":{"type":"overloaded_error","message":"no"}})"));
    world.script(ServedWorld::middle, stream("Hello"));
  }
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(text_of(world.client.body) == "Hello");
  REQUIRE(world.record().attempts.size() == 2);
  CHECK(world.record().attempts[0].failure);
  CHECK(world.host(ServedWorld::middle).targets.at(0) == "/chat/completions");
}

TEST_CASE("a stream of Messages that breaks behind its first words ends with one error event") {
  ServedWorld world(one_of_anthropics());
  world.script(ServedWorld::cheap, pieces({{{}, begins + text_begins + text_piece("Hel")},
                                           {1s, sse("error", R"({"type":"error","error":{"type":"api_error",)"
                                                             R"("message":"Internal"}})")}}));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(text_of(world.client.body) == "Hel");
  CHECK(world.client.body.find("[DONE]") == std::string::npos);
  CHECK(chunks_of(world.client.body).back().as_object().contains("error"));
  CHECK(world.record().ending == Ending::broken);
}

TEST_CASE("whom a need of the request cannot be told is left out, and a hint is dropped and named") {
  ServedWorld world(one_of_anthropics());
  world.script(ServedWorld::cheap, pieces({{{}, begins + text_begins + text_piece("Hello") + ends}}));
  world.script(ServedWorld::middle, stream("Hello"));
  SUBCASE("a bias of the choice of words is a need") {
    world.ask(R"(,"logit_bias":{"5":1})");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
    CHECK(world.host(ServedWorld::cheap).requests.empty());
  }
  SUBCASE("a penalty is a hint") {
    world.ask(R"(,"frequency_penalty":0.5)");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.has("x-isocost-endpoint: cheap\r\n"));
    CHECK(world.client.has("x-isocost-dropped: frequency_penalty\r\n"));
  }
  SUBCASE("unless each parameter is required") {
    world.ask(R"(,"frequency_penalty":0.5,"provider":{"require_parameters":true})");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
  }
}

TEST_CASE("where nobody can be told what the request needs, the client learns which member it is") {
  ServedWorld world(speaking(Format::messages, Format::messages, Format::messages));
  world.ask(R"(,"logit_bias":{"5":1})");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 400);
  const json::value error = json::parse(world.client.body).at("error");
  CHECK(error.at("param") == "logit_bias");
  CHECK(error.at("code") == "unsupported_parameter");
  CHECK(world.client.has("x-should-retry: false\r\n"));
  CHECK(world.record().attempts.empty());
}

TEST_CASE(
    "of a conversation that a host's API cannot hold, the client learns at which message, and what to do") {
  struct Row {
    std::string messages, param, advice;
  };
  const std::string hi = R"({"role":"user","content":"Hi"})";
  for (const Row& row :
       {Row{R"([{"role":"assistant","content":"Ho"},)" + hi + "]", "messages[0]",
            "it is the assistant's: let a message of the user's stand before it"},
        Row{R"([{"role":"system","content":"Be"},{"role":"assistant","content":"Ho"},)" + hi + "]",
            "messages[1]", "let a message of the user's stand before it"},
        Row{R"([{"role":"user","content":""}])", "messages[0]", "let one have a text"}}) {
    CAPTURE(row.messages);
    ServedWorld world(speaking(Format::messages, Format::messages, Format::messages));
    world.call(gateway::openai_chat_surface(), R"({"model":"m","messages":)" + row.messages + "}");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 400);
    const json::value error = json::parse(world.client.body).at("error");
    CHECK(error.at("param").as_string() == row.param);
    CHECK(std::string(error.at("message").as_string()).find("`" + row.param + "`: ") != std::string::npos);
    CHECK(std::string(error.at("message").as_string()).find(row.advice) != std::string::npos);
  }
}

TEST_CASE("an answer whose host of Messages does not say how it ended has a finish for the client") {
  ServedWorld world(one_of_anthropics());
  world.script(ServedWorld::cheap, pieces({{{},
                                            begins + text_begins + text_piece("abc") + text_ends +
                                                sse("message_stop", R"({"type":"message_stop"})")}}));
  world.ask();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(chunks_of(world.client.body).back().at("choices").at(0).at("finish_reason") == "stop");
  CHECK(world.client.body.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("a model that speaks no chat is not asked for one") {
  ServedWorld world(speaking(Format::embeddings, Format::embeddings, Format::embeddings));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 400);
  CHECK(json::parse(world.client.body).at("error").at("code") == "unsupported_api");
}

namespace {

const std::string vectors =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"e",)"
    R"("usage":{"prompt_tokens":4,"total_tokens":4}})";

config::Settings of_embeddings(bool are_equal) {
  // The first in the configuration is the dearest.
  config::Settings settings = speaking(Format::embeddings, Format::embeddings, Format::embeddings);
  std::swap(settings.models[0].endpoints[0], settings.models[0].endpoints[2]);
  settings.models[0].embeddings_equal = are_equal;
  return settings;
}

void embed(ServedWorld& world) {
  world.call(gateway::openai_embeddings_surface(), R"({"model":"m","input":"Hi"})");
  world.advance(1s);
  REQUIRE(world.ended());
}

}  // namespace

TEST_CASE("embeddings go to the first endpoint of their model, whatever it costs") {
  ServedWorld world(of_embeddings(false));
  world.script(ServedWorld::dear, document(vectors));
  world.script(ServedWorld::cheap, document(vectors));
  embed(world);
  CHECK(world.client.status == 200);
  CHECK(json::parse(world.client.body).at("data") == json::parse(vectors).at("data"));
  CHECK(json::parse(world.client.body).at("model") == "m");
  CHECK(world.client.has("x-isocost-endpoint: dear\r\n"));
  CHECK(world.host(ServedWorld::dear).targets.at(0) == "/embeddings");
  CHECK(world.record().attempts.at(0).usage->prompt.count == 4);
  CHECK(world.record().attempts.at(0).cost.nanos == 4 * 90'000);
}

TEST_CASE("with the first endpoint down nobody else embeds, unless they are declared equal") {
  SUBCASE("undeclared") {
    ServedWorld world(of_embeddings(false));
    world.script(ServedWorld::dear, fails(FailureKind::connect));
    world.script(ServedWorld::cheap, document(vectors));
    embed(world);
    CHECK(world.client.status == 503);
    CHECK(world.host(ServedWorld::cheap).requests.empty());
  }
  SUBCASE("declared") {
    ServedWorld world(of_embeddings(true));
    world.script(ServedWorld::cheap, document(vectors));
    embed(world);
    CHECK(world.client.has("x-isocost-endpoint: cheap\r\n"));
  }
}

TEST_CASE("a text that is too long for the only host that may embed it is the request's own fault") {
  ServedWorld world(of_embeddings(false));
  world.script(ServedWorld::dear, document(vectors));
  world.call(gateway::openai_embeddings_surface(),
             R"({"model":"m","input":")" + std::string(400'000, 'a') + "\"}");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 400);
  CHECK(json::parse(world.client.body).at("error").at("code") == "context_length_exceeded");
}

TEST_CASE("completions are passed on to who speaks them, streamed and with their usage") {
  ServedWorld world(speaking(Format::chat, Formats(Format::chat).add(Format::completions), Format::chat));
  const std::string piece = R"(data: {"id":"c","object":"text_completion","created":1,"model":"h",)"
                            R"("choices":[{"index":0,"text":" there","logprobs":null,"finish_reason":null}]})"
                            "\n\n";
  const std::string last = R"(data: {"id":"c","object":"text_completion","created":1,"model":"h","choices":)"
                           R"([{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}],)"
                           R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})"
                           "\n\n";
  world.script(ServedWorld::middle, pieces({{{}, piece + last + done}}));
  world.call(gateway::openai_completions_surface(), R"({"model":"m","prompt":"Who is","stream":true})");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.has("x-isocost-endpoint: middle\r\n"));
  const std::string first = world.client.body.substr(6, world.client.body.find("\n\n") - 6);
  CHECK(json::parse(first).at("choices").at(0).at("text") == " there");
  CHECK(json::parse(first).at("id") == json::value(world.record().id));
  CHECK(json::parse(first).at("model") == "m");
  CHECK(world.host(ServedWorld::middle).targets.at(0) == "/completions");
  CHECK(json::parse(world.host(ServedWorld::middle).requests.at(0)).at("prompt") == "Who is");
  CHECK(world.record().attempts.at(0).usage->output.count == 2);
  CHECK(world.record().path == "/v1/completions");
}

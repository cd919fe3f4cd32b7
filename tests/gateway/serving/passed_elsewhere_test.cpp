// Calls that are passed on to hosts of nearly the client's own API: Anthropic's models at Vertex and Bedrock,
// Google's at Google.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/anthropic_messages/anthropic_messages.hpp"
#include "gateway/surfaces/gemini/gemini.hpp"
#include "gateway/surfaces/gemini/gemini_embeddings.hpp"
#include "tests/support/event_frames.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
using gateway::Ending;

namespace {

namespace json = boost::json;

config::Settings cheapest_speaks(Format format) {
  config::Settings settings = three_prices();
  settings.models[0].endpoints[0].speaks = format;
  return settings;
}

config::Settings cheapest_thinks(config::ReasoningSwitch by) {
  config::Settings settings = three_prices();
  settings.models[0].endpoints[0].reasoning_switch = by;
  settings.models[0].endpoints[0].features.set(static_cast<std::size_t>(config::Feature::reasoning));
  return settings;
}

std::string with_slack(std::string body) {
  body.reserve(body.size() + 64);
  return body;
}

std::string base64(const std::string& text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= text.size() ? letters[bits >> (18 - 6 * k) & 63] : '=';
    }
  }
  return out;
}

std::string frame(const std::string& data) {
  return event_frame("chunk", R"({"bytes":")" + base64(data) + "\"}");
}

const std::string started =
    R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude",)"
    R"("content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}})";
const std::string began =
    R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})";
const std::string piece =
    R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Gr\u00fcezi"}})";
const std::string ended =
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}})";
const std::string stopped = R"({"type":"message_stop","amazon-bedrock-invocationMetrics":{"latency":1}})";

std::string call(const std::string& more) {
  return with_slack(R"({ "model" : "m","max_tokens":50, "messages":[{"role":"user","content":"Hi"}])" + more +
                    "}");
}

}  // namespace

TEST_CASE("a call of Messages goes on to Bedrock as it came, but for what Bedrock has elsewhere") {
  ServedWorld world(cheapest_speaks(Format::bedrock_messages));
  world.script(ServedWorld::cheap, pieces({{{}, frame(started) + frame(began)},
                                           {1ms, frame(piece)},
                                           {1ms, frame(ended) + frame(stopped)}}));
  world.call(gateway::anthropic_messages_surface(), call(R"(, "top_k": 5, "stream" : true)"));
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.host(ServedWorld::cheap).targets.at(0).ends_with("/invoke-with-response-stream"));
  CHECK(
      world.host(ServedWorld::cheap).requests.at(0) ==
      R"({"anthropic_version":"bedrock-2023-05-31", "max_tokens":50, "messages":[{"role":"user","content":"Hi"}], )"
      R"("top_k": 5})");
  const std::string& got = world.client.body;
  CHECK(got.find("event: content_block_delta\ndata: " + piece + "\n\n") != std::string::npos);
  CHECK(got.find(R"("model":"m")") != std::string::npos);
  CHECK(got.find("\"claude\"") == std::string::npos);
  CHECK(got.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  CHECK(world.record().attempts.at(0).usage->output.count == 5);
}

TEST_CASE("calls in a stream that goes on from Bedrock are checked like those of any other host") {
  for (const bool is_right : {true, false}) {
    CAPTURE(is_right);
    config::Settings settings = cheapest_speaks(Format::bedrock_messages);
    for (config::EndpointSettings& endpoint : settings.models[0].endpoints) endpoint.features.set();
    ServedWorld world(std::move(settings));
    world.script(
        ServedWorld::cheap,
        pieces(
            {{{},
              frame(started) +
                  frame(
                      R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t",)"
                      R"("name":"weather","input":{}}})")},
             {1ms,
              frame(
                  R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":)" +
                  std::string(is_right ? R"("{\"city\":\"Rome\"}")" : R"("{\"city\":7}")") + "}}")},
             {1ms,
              frame(R"({"type":"content_block_stop","index":0})") +
                  frame(
                      R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}})") +
                  frame(stopped)}}));
    world.call(gateway::anthropic_messages_surface(),
               call(R"(,"stream":true,"tools":[{"name":"weather","input_schema":{"type":"object",)"
                    R"("properties":{"city":{"type":"string"}}}}])"));
    world.advance(1s);
    REQUIRE(world.ended());
    REQUIRE(world.record().attempts.size() == 1);
    CHECK(routing::checked(world.record().attempts[0].conduct, routing::Check::tool_arguments) ==
          (is_right ? routing::Checked::passed : routing::Checked::failed));
  }
}

TEST_CASE("a frame of Bedrock's that says what failed has another host asked, or ends the stream") {
  ServedWorld world(cheapest_speaks(Format::bedrock_messages));
  const std::string failed = exception_frame("throttlingException", R"({"message":"slow down"})");
  world.script(ServedWorld::middle, stream("Hello"));
  SUBCASE("before anything was said") {
    world.script(ServedWorld::cheap, pieces({{{}, frame(started) + frame(began) + failed}}));
    world.call(gateway::anthropic_messages_surface(), call(R"(,"stream":true)"));
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().attempts.size() == 2);
    CHECK(world.client.body.find("Hello") != std::string::npos);
  }
  SUBCASE("behind the first words") {
    world.script(ServedWorld::cheap,
                 pieces({{{}, frame(started) + frame(began) + frame(piece)}, {1s, failed}}));
    world.call(gateway::anthropic_messages_surface(), call(R"(,"stream":true)"));
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::broken);
    CHECK(world.client.body.find("event: error\n") != std::string::npos);
  }
}

TEST_CASE("a call of Messages goes on to Vertex with the model in the path") {
  ServedWorld world(cheapest_speaks(Format::vertex_messages));
  world.script(
      ServedWorld::cheap,
      document(R"({"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"text",)"
               R"("text":"Gr\u00fcezi","new":1}],"stop_reason":"end_turn","usage":{"input_tokens":9,)"
               R"("output_tokens":5}})"));
  world.call(gateway::anthropic_messages_surface(), call(""));
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::cheap).targets.at(0).ends_with(":rawPredict"));
  CHECK(
      world.host(ServedWorld::cheap).requests.at(0) ==
      R"({"anthropic_version":"vertex-2023-10-16", "max_tokens":50, "messages":[{"role":"user","content":"Hi"}]})");
  CHECK(world.client.body.find(R"("text":"Gr\u00fcezi","new":1)") != std::string::npos);
  CHECK(world.client.body.find(R"("model":"m")") != std::string::npos);
}

TEST_CASE("what only Anthropic takes is not sent to others as it came") {
  ServedWorld world(cheapest_speaks(Format::vertex_messages));
  world.script(ServedWorld::cheap, document("{}"));
  world.script(ServedWorld::middle, document(whole_answer));
  SUBCASE("a hint is left out, and named") {
    world.call(gateway::anthropic_messages_surface(), call(R"(,"service_tier":"auto")"));
    world.advance(1s);
    CHECK(world.host(ServedWorld::cheap).requests.at(0).find("service_tier") == std::string::npos);
  }
  SUBCASE("a tool that its hosts run has another host asked, or none") {
    world.call(gateway::anthropic_messages_surface(),
               call(R"(,"mcp_servers":[{"type":"url","url":"https://a.example","name":"a"}])"));
    world.advance(1s);
    CHECK(world.host(ServedWorld::cheap).requests.empty());
  }
}

TEST_CASE("a call of Google's goes on to Google as it came, and its events as they come") {
  ServedWorld world(cheapest_speaks(Format::gemini));
  const std::string first =
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Gr\u00fc","new":{"a":1}}]},"index":0}],)"
      R"("modelVersion":"g-1","responseId":"r1"})";
  const std::string last =
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"ezi"}]},"finishReason":"STOP","index":0}],)"
      R"("usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5},"modelVersion":"g-1","responseId":"r1"})";
  std::string body = with_slack(
      R"({ "contents":[{"parts":[{"text":"Hi"}]}],"safetySettings":[{"category":"C","threshold":"T"}]})");
  SUBCASE("streamed") {
    world.script(ServedWorld::cheap, pieces({{{}, event(first)}, {1ms, event(last)}}));
    CHECK(!gateway::gemini_surface().complete({"m", "streamGenerateContent", "alt=sse"}, body));
    world.call(gateway::gemini_surface(), with_slack(body));
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.host(ServedWorld::cheap).targets.at(0).ends_with(":streamGenerateContent?alt=sse"));
    CHECK(world.client.body.find(R"("parts":[{"text":"Gr\u00fc","new":{"a":1}}])") != std::string::npos);
  }
  SUBCASE("whole") {
    world.script(ServedWorld::cheap, document(last));
    CHECK(!gateway::gemini_surface().complete({"m", "generateContent", ""}, body));
    world.call(gateway::gemini_surface(), with_slack(body));
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.host(ServedWorld::cheap).targets.at(0).ends_with(":generateContent"));
    CHECK(json::parse(world.client.body).at("modelVersion") == "m");
  }
  CHECK(world.host(ServedWorld::cheap).requests.at(0) ==
        R"({"contents":[{"parts":[{"text":"Hi"}]}],"safetySettings":[{"category":"C","threshold":"T"}]})");
  CHECK(world.client.body.find("g-1") == std::string::npos);
  CHECK(world.client.body.find("\"cost\":") != std::string::npos);
  CHECK(world.record().attempts.at(0).usage->output.count == 5);
}

TEST_CASE("hosts are told the betas that they take, and clients which those were not told") {
  const std::string messages_answer =
      R"({"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"text",)"
      R"("text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":5}})";
  const std::string converse_answer =
      R"({"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn",)"
      R"("usage":{"inputTokens":9,"outputTokens":5,"totalTokens":14}})";
  struct Case {
    Format format;
    std::string host_model;
    std::string answer;
    std::string told;     // in the body, or as a field of the head
    std::string dropped;  // what the client is told
  };
  const std::string future = "betas.from-the-future-2027-01-01";
  const std::string thinking = "interleaved-thinking-2025-05-14";
  const std::string both = future + ", betas." + thinking;
  const std::string in_body = R"("anthropic_beta":[")" + thinking + R"("])";
  const std::string in_head = "\r\nanthropic-beta: " + thinking;
  const Case cases[] = {
      {Format::vertex_messages, "c", messages_answer, in_head, future},
      {Format::bedrock_messages, "c", messages_answer, in_body, future},
      {Format::converse, "us.anthropic.claude-x", converse_answer, in_body, future},
      {Format::converse, "amazon.nova", converse_answer, "", both},
      {Format::chat, "c", whole_answer, "", both},
      {Format::messages, "c", messages_answer, "", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.host_model);
    CAPTURE(static_cast<int>(each.format));
    config::Settings settings = cheapest_speaks(each.format);
    settings.models[0].endpoints[0].host_model = each.host_model;
    ServedWorld world(std::move(settings));
    world.script(ServedWorld::cheap, document(each.answer));
    gateway::Incoming incoming;
    incoming.body = call("");
    incoming.api.betas = "from-the-future-2027-01-01,interleaved-thinking-2025-05-14,claude-code-20250219";
    incoming.arrived = world.loop.timer.now();
    auto understood =
        gateway::understand(gateway::anthropic_messages_surface(), incoming, nullptr, world.services);
    world.request.emplace(std::move(std::get<gateway::InferenceRequest>(understood)));
    world.reply.emplace(world.client, world.loop.timer, *world.request->surface, world.request->id);
    world.loop.start(gateway::serve(world.services, *world.request, *world.reply, world.interruption),
                     world.outcome);
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
    const std::string& sent = world.host(ServedWorld::cheap).requests.at(0);
    const std::string& fields = world.host(ServedWorld::cheap).fields.at(0);
    const bool is_in_head = each.told.starts_with("\r\n");
    if (!each.told.empty()) CHECK((is_in_head ? fields : sent).find(each.told) != std::string::npos);
    if (each.told.empty()) CHECK(sent.find("anthropic_beta") == std::string::npos);
    CHECK(world.client.has("x-isocost-dropped: " + each.dropped + "\r\n") == !each.dropped.empty());
  }
}

TEST_CASE("of texts that Google's clients embed, hosts of OpenAI's API are told what it has words for") {
  ServedWorld world(cheapest_speaks(Format::embeddings));
  world.script(
      ServedWorld::cheap,
      document(R"({"object":"list","data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1}})"));
  const gateway::Surface& surface = gateway::gemini_embeddings_surface("embedContent");
  std::string body =
      R"({"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING","provider":{"data_collection":"allow"}})";
  CHECK(!surface.complete({"m", "embedContent", ""}, body));
  world.call(surface, with_slack(body));
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(json::parse(world.host(ServedWorld::cheap).requests.at(0)) ==
        json::parse(R"({"model":"their-own-name","input":["a"],"encoding_format":"float"})"));
  CHECK(world.client.has("x-isocost-dropped: taskType"));
}

TEST_CASE("vectors come to Google's clients as numbers, and what is none is a bad reply") {
  struct Row {
    std::string embedding;
    int status;
  };
  for (const Row& row :
       {Row{R"("AACAPw==")", 200}, Row{R"("AACAPw")", 200}, Row{R"("AACA")", 502}, Row{"{}", 502}}) {
    CAPTURE(row.embedding);
    ServedWorld world(cheapest_speaks(Format::embeddings));
    world.script(ServedWorld::cheap, document(R"({"object":"list","data":[{"index":0,"embedding":)" +
                                              row.embedding + R"(}],"usage":{"prompt_tokens":1}})"));
    world.call(gateway::gemini_embeddings_surface("embedContent"),
               with_slack(R"({"model":"m","input":["a"]})"));
    world.advance(60s);
    REQUIRE(world.ended());
    CHECK(world.client.status == row.status);
    CHECK((world.client.body.find(R"("values":[1])") != std::string::npos) == (row.status == 200));
    CHECK(world.client.body.find("AACA") == std::string::npos);
  }
}

TEST_CASE("a stream that no events are asked of is one array of the host's own parts, whatever ends it") {
  const std::string first =
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"Gr\u00fc","new":{"a":1}}]},"index":0}],)"
      R"("modelVersion":"g-1","responseId":"r1"})";
  const std::string last =
      R"({"candidates":[{"content":{"role":"model","parts":[{"text":"ezi"}]},"finishReason":"STOP","index":0}],)"
      R"("usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5},"modelVersion":"g-1"})";
  const gateway::Surface& surface = gateway::gemini_surface().of_call("streamGenerateContent", "");
  std::string body = with_slack(R"({"contents":[{"parts":[{"text":"Hi"}]}],"madeUpMember":1})");
  CHECK(!surface.complete({"m", "streamGenerateContent", ""}, body));
  ServedWorld world(cheapest_speaks(Format::gemini));
  SUBCASE("its end") {
    world.script(ServedWorld::cheap, pieces({{{}, ": waiting\n\n" + event(first)}, {1ms, event(last)}}));
    world.call(surface, with_slack(body));
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.host(ServedWorld::cheap).targets.at(0).ends_with(":streamGenerateContent?alt=sse"));
    CHECK(world.host(ServedWorld::cheap).requests.at(0) ==
          R"({"contents":[{"parts":[{"text":"Hi"}]}],"madeUpMember":1})");
    const json::array got = json::parse(world.client.body).as_array();
    REQUIRE(got.size() == 3);
    CHECK(got.at(0).at("candidates").at(0).at("content").at("parts").at(0).at("new").at("a") == 1);
    CHECK(got.at(0).at("modelVersion") == "m");
    CHECK(got.at(1).at("usageMetadata").at("cost").is_double());
    CHECK(got.at(2) == json::parse(R"({"candidates":[]})"));
    CHECK(world.client.body.find("g-1") == std::string::npos);
  }
  SUBCASE("a host that breaks off") {
    world.script(ServedWorld::cheap, pieces({{{}, event(first)}, {1s, routing::FailureKind::broken_stream}}));
    world.call(surface, with_slack(body));
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::broken);
    const json::array got = json::parse(world.client.body).as_array();
    REQUIRE(got.size() == 2);
    CHECK(got.at(1).as_object().contains("error"));
  }
}

TEST_CASE("a prompt that Google blocks is told in its own words") {
  ServedWorld world(cheapest_speaks(Format::gemini));
  world.script(
      ServedWorld::cheap,
      document(R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}})"));
  world.call(gateway::gemini_surface(),
             with_slack(R"({"model":"m","contents":[{"parts":[{"text":"Hi"}]}]})"));
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(json::parse(world.client.body).at("promptFeedback").at("blockReason") == "SAFETY");
}

TEST_CASE("a chat's wish to think is put into the words of its host") {
  ServedWorld world(cheapest_thinks(config::ReasoningSwitch::thinking));
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole(R"(,"reasoning_effort":"low")");
  world.advance(1s);
  REQUIRE(world.ended());
  const json::value sent = json::parse(world.host(ServedWorld::cheap).requests.at(0));
  CHECK(sent.at("thinking").at("type") == "enabled");
  CHECK(!sent.as_object().contains("reasoning_effort"));
}

TEST_CASE("a host without a word for it is not asked not to think, and what else it is not told is named") {
  config::Settings settings = cheapest_thinks(config::ReasoningSwitch::none);
  SUBCASE("not to think") {
    ServedWorld world(std::move(settings));
    world.script(ServedWorld::cheap, document(whole_answer));
    world.script(ServedWorld::middle, document(whole_answer));
    world.ask_whole(R"(,"reasoning_effort":"none")");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.host(ServedWorld::cheap).requests.empty());
    CHECK(json::parse(world.host(ServedWorld::middle).requests.at(0)).at("reasoning_effort") == "none");
  }
  SUBCASE("not to think, where the model does not") {
    settings.models[0].endpoints[0].thinking = config::Thinking::none;
    ServedWorld world(std::move(settings));
    world.script(ServedWorld::cheap, document(whole_answer));
    world.ask_whole(R"(,"reasoning_effort":"none")");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.host(ServedWorld::cheap).requests.at(0).find("reasoning") == std::string::npos);
    CHECK(!world.client.has("x-isocost-dropped"));
  }
  SUBCASE("how much") {
    ServedWorld world(std::move(settings));
    world.script(ServedWorld::cheap, document(whole_answer));
    world.ask_whole(R"(,"reasoning_effort":"low")");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.host(ServedWorld::cheap).requests.at(0).find("reasoning") == std::string::npos);
    CHECK(world.client.has("x-isocost-dropped: reasoning\r\n"));
  }
}

TEST_CASE("a client that says a host's own words is passed on with them alone") {
  using Switch = config::ReasoningSwitch;
  Switch by{};
  std::string more;
  SUBCASE("DeepSeek's") {
    by = Switch::thinking;
    more = R"("reasoning_effort":"low","thinking":{"type":"disabled"})";
  }
  SUBCASE("Alibaba's") {
    by = Switch::enable_thinking;
    more = R"("reasoning_effort":"low","enable_thinking":false)";
  }
  SUBCASE("a template's") {
    by = Switch::template_enable_thinking;
    more = R"("reasoning_effort":"low","chat_template_kwargs":{"enable_thinking":false,"other":1})";
  }
  SUBCASE("OpenRouter's") {
    by = Switch::reasoning;
    more = R"("reasoning":{"effort":"high","exclude":true})";
  }
  ServedWorld world(cheapest_thinks(by));
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole("," + more);
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::cheap).requests.at(0) ==
        R"({"model":"their-own-name",)" + more + R"(,"messages":[{"role":"user","content":"Hi"}]})");
}

TEST_CASE("where Anthropic's models are asked to run is said to its host, and other wishes go elsewhere") {
  config::Settings settings = cheapest_speaks(Format::messages);
  settings.providers[0].inference_geo = "us";
  ServedWorld world(std::move(settings));
  world.script(ServedWorld::cheap, document("{}"));
  SUBCASE("said by nobody") {
    world.call(gateway::anthropic_messages_surface(), call(""));
    world.advance(1s);
    CHECK(json::parse(world.host(ServedWorld::cheap).requests.at(0)).at("inference_geo") == "us");
  }
  SUBCASE("said by the client, too") {
    world.call(gateway::anthropic_messages_surface(), call(R"(,"inference_geo":"us")"));
    world.advance(1s);
    CHECK(world.host(ServedWorld::cheap).requests.at(0).find("\"inference_geo\":\"us\"") !=
          std::string::npos);
  }
  SUBCASE("said by the client, but as nothing") {
    std::string more = R"(,"inference_geo":null)";
    SUBCASE("null, the last") {}
    SUBCASE("an empty text, in the midst") {
      more = R"(,"inference_geo":"", "top_k": 5)";
    }
    world.call(gateway::anthropic_messages_surface(), call(more));
    world.advance(1s);
    const std::string sent = world.host(ServedWorld::cheap).requests.at(0);
    CHECK(json::parse(sent).at("inference_geo") == "us");
    CHECK(sent.find("inference_geo") == sent.rfind("inference_geo"));
  }
  SUBCASE("another") {
    world.call(gateway::anthropic_messages_surface(), call(R"(,"inference_geo":"global")"));
    world.advance(1s);
    CHECK(world.host(ServedWorld::cheap).requests.empty());
  }
}

TEST_CASE("an answer is billed at the price of the place where it says that it was made") {
  config::Settings settings = cheapest_speaks(Format::messages);
  const config::Prices dear{.input = {tests::dollars(22)}, .output = {tests::dollars(110)}};
  settings.models[0].endpoints.resize(1);
  settings.models[0].endpoints[0].prices = {.input = {tests::dollars(20)}, .output = {tests::dollars(100)}};
  settings.models[0].endpoints[0].price_rules = {{{.geos = {config::GeoWord("us")}}, dear}};
  const auto cost = [&](const std::string& asked, const std::string& told, bool streams) {
    ServedWorld world(settings);
    const std::string usage = R"("usage":{"input_tokens":10,"output_tokens":1)" + told + "}";
    const std::string start =
        R"({"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c",)"
        R"("content":[],"stop_reason":null,)" +
        usage + "}}";
    const auto named = [](const std::string& name, const std::string& data) {
      return "event: " + name + "\ndata: " + data + "\n\n";
    };
    if (streams) {
      world.script(ServedWorld::cheap,
                   pieces({{{},
                            named("message_start", start) + named("content_block_start", began) +
                                named("content_block_delta", piece) + named("message_delta", ended) +
                                named("message_stop", R"({"type":"message_stop"})")}}));
    } else {
      world.script(
          ServedWorld::cheap,
          document(R"({"id":"m","type":"message","role":"assistant","model":"c","stop_reason":"end_turn",)"
                   R"("content":[{"type":"text","text":"Hi"}],)" +
                   usage + "}"));
    }
    world.call(gateway::anthropic_messages_surface(), call((streams ? R"(,"stream":true)" : "") + asked));
    world.advance(1s);
    REQUIRE(world.ended());
    REQUIRE(world.record().ending == Ending::answered);
    return world.record().attempts.at(0).cost.nanos;
  };
  CHECK(cost("", "", false) == 10 * 20'000 + 100'000);
  CHECK(cost("", R"(,"inference_geo":"us")", false) == 10 * 22'000 + 110'000);
  CHECK(cost("", R"(,"inference_geo":"not_available")", false) == 10 * 20'000 + 100'000);
  CHECK(cost(R"(,"inference_geo":"us")", R"(,"inference_geo":null)", false) == 10 * 22'000 + 110'000);
  CHECK(cost(R"(,"inference_geo":"us")", R"(,"inference_geo":"global")", false) == 10 * 20'000 + 100'000);
  CHECK(cost("", R"(,"inference_geo":"us")", true) == 10 * 22'000 + 5 * 110'000);  // only its begin says it
  CHECK(cost(R"(,"inference_geo":"us")", "", true) == 10 * 22'000 + 5 * 110'000);
}

TEST_CASE("a client that says where its model is to run is not sent to a host that may not know the word") {
  config::Settings settings = cheapest_speaks(Format::messages);
  bool knows = false;
  SUBCASE("one of unknown make") {}
  SUBCASE("Anthropic itself") {
    settings.providers[0].base_url.host = "api.anthropic.com";
    knows = true;
  }
  ServedWorld world(std::move(settings));
  world.script(ServedWorld::cheap, document("{}"));
  world.call(gateway::anthropic_messages_surface(), call(R"(,"inference_geo":"us")"));
  world.advance(1s);
  CHECK(world.host(ServedWorld::cheap).requests.empty() == !knows);
  if (knows) CHECK(json::parse(world.host(ServedWorld::cheap).requests.at(0)).at("inference_geo") == "us");
}

// Reasoning that only the host which encrypted it can read, where another one might be asked.
#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/surfaces/openai_responses/openai_responses.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using config::Format;
namespace json = boost::json;

namespace {

config::Settings natives(std::size_t count) {
  config::Settings settings = three_prices();
  for (std::size_t i = 0; i < count; ++i) settings.models[0].endpoints[i].speaks = Format::responses;
  return settings;
}

const std::string reasoning = R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"E=="})";
const std::string message = R"({"type":"message","content":[{"type":"output_text","text":"Hi"}]})";
const std::string answer = R"({"id":"r","status":"completed","model":"t","output":[)" + reasoning + "," +
                           message + R"(],"usage":{"input_tokens":1,"output_tokens":2}})";

void ask(ServedWorld& world, const std::string& items, const std::string& more = "") {
  world.call(gateway::openai_responses_surface(),
             R"({"model":"m","store":false,"input":[)" + items + "]" + more + "}");
  world.advance(30s);
  REQUIRE(world.ended());
}

const std::string hi = R"({"role":"user","content":"Hi"})";

std::string encrypted_by(ServedWorld::Host host) {
  ServedWorld world(natives(2));
  for (const auto each : {ServedWorld::cheap, ServedWorld::middle}) {
    world.script(each, each == host ? document(answer) : fails(routing::FailureKind::connect));
  }
  ask(world, hi);
  const json::value body = json::parse(world.client.body);
  return std::string(body.at("output").at(0).at("encrypted_content").as_string());
}

std::string item_with(const std::string& encrypted) {
  return R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":")" + encrypted + "\"}";
}

}  // namespace

TEST_CASE("what a host encrypted is marked as its own where another might be asked, and only there") {
  const std::string cheap = encrypted_by(ServedWorld::cheap), middle = encrypted_by(ServedWorld::middle);
  CHECK(cheap.starts_with("E==.iso-"));
  CHECK(cheap.size() == 3 + 21);
  CHECK(cheap != middle);

  ServedWorld alone(natives(1));
  alone.script(ServedWorld::cheap, document(answer));
  ask(alone, hi);
  CHECK(json::parse(alone.client.body).at("output").at(0).at("encrypted_content") == "E==");
}

TEST_CASE("it goes back to who made it without the mark, and to nobody else") {
  const std::string items = hi + "," + item_with(encrypted_by(ServedWorld::cheap)) + "," +
                            item_with(encrypted_by(ServedWorld::middle)) + "," + item_with("of-elsewhere") +
                            "," + hi;
  ServedWorld world(natives(2));
  world.script(ServedWorld::cheap, fails(routing::FailureKind::reset_before_reply));
  world.script(ServedWorld::middle, document(answer));
  ask(world, items);
  const auto sent = [&](ServedWorld::Host host) {
    return json::parse(world.host(host).requests.at(0)).at("input");
  };
  const json::value expected =
      json::parse("[" + hi + "," + reasoning + "," + item_with("of-elsewhere") + "," + hi + "]");
  CHECK(sent(ServedWorld::cheap) == expected);
  CHECK(sent(ServedWorld::middle) == expected);
  CHECK(world.client.has("x-isocost-dropped: reasoning"));
}

TEST_CASE("a stream marks it in each event that shows it") {
  const auto named = [](const std::string& type, const std::string& members) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + "}\n\n";
  };
  ServedWorld world(natives(2));
  world.script(
      ServedWorld::cheap,
      pieces({{1ms, named("response.created", R"("response":{"id":"r","status":"in_progress","output":[]})") +
                        named("response.output_item.done", R"("item":)" + reasoning) +
                        named("response.output_text.delta", R"("delta":"Hi")") +
                        named("response.completed", R"("response":)" + answer)}}));
  ask(world, hi, R"(,"stream":true)");
  std::size_t count = 0;
  for (std::size_t at = world.client.body.find("E==.iso-"); at != std::string::npos;
       at = world.client.body.find("E==.iso-", at + 1)) {
    ++count;
  }
  CHECK(count == 2);
}

TEST_CASE("a reply nested as deep as a host likes is read as far as it means something") {
  ServedWorld world(natives(2));
  std::string deep = R"({"type":"x","encrypted_content":"","response":)";
  for (int i = 0; i < 300'000; ++i) deep += R"({"response":)";
  deep += "1" + std::string(300'000, '}') + "}";
  for (const auto each : {ServedWorld::cheap, ServedWorld::middle}) world.script(each, document(deep));
  ask(world, hi);
  CHECK(world.record().ending == gateway::Ending::refused);
}

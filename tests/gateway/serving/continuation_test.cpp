// Streams that break, and go on where that is safe: the text of the whole is the one it would have been, or
// an exact begin of it and one error event.
#include <doctest/doctest.h>

#include "gateway/continuation/joint.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;
using routing::Reason;

namespace {

const std::vector<std::string> words{"The",  " fox",  " went ", "over\\n", "the h\\u00fc", "gel,",
                                     " and", " the ", "hare",   " under",  " it",          "."};

std::string all_text() {
  std::string raw;
  for (const std::string& word : words) raw += word;
  return providers::JsonString{raw, true}.text();
}

std::string raw_of(std::string_view plain) {
  std::string raw;
  providers::append_escaped(raw, plain);
  return raw;
}

std::string whole_stream() {
  std::string bytes = role();
  for (const std::string& word : words) bytes += says(word);
  return bytes + stop() + usage_event() + done;
}

// What a client reads.
struct Read {
  std::string text;
  int errors = 0;
  int ends = 0;
  int roles = 0;
};
Read read(std::string_view body) {
  Read result;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find("\n\n"), body.size());
    const std::string_view event = body.substr(0, end);
    body.remove_prefix(std::min(end + 2, body.size()));
    if (event.find("\"error\":{") != std::string_view::npos) ++result.errors;
    if (event == "data: [DONE]") ++result.ends;
    if (event.find(R"("role":"assistant")") != std::string_view::npos) ++result.roles;
    constexpr std::string_view member = R"("content":")";
    const std::size_t at = event.find(member);
    if (at == std::string_view::npos) continue;
    std::string_view raw = event.substr(at + member.size());
    std::size_t close = 0;
    while (raw[close] != '"') close += raw[close] == '\\' ? 2 : 1;
    result.text += providers::JsonString{raw.substr(0, close), true}.text();
  }
  return result;
}

config::Settings settings_with_prefill() {
  config::Settings settings = three_prices();
  for (config::EndpointSettings& each : settings.models[0].endpoints) {
    each.features.set(static_cast<std::size_t>(config::Feature::prefill));
    each.features.set(static_cast<std::size_t>(config::Feature::json_object));
  }
  return settings;
}

std::shared_ptr<const gateway::Generation> generation_with(
    int hops, config::Settings settings = settings_with_prefill()) {
  routing::Policy policy{.name = {"balanced"}};
  policy.explore = 0;
  policy.hedge_budget = 0;
  policy.continue_hops = hops;
  return std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings)),
                                                     routing::PolicySet({policy}, {}, 0));
}

Script broken_after(const std::string& bytes, FailureKind why = FailureKind::broken_stream) {
  Script script;
  script.body = {{{}, bytes}, {10ms, why}};
  return script;
}

// The rest of the text behind what of it is given, a few bytes at a time, as characters allow.
Script rest_behind(const std::string& said) {
  const std::string rest = all_text().substr(gateway::cut_for_going_on(said).given.size());
  std::string bytes = role();
  for (std::size_t at = 0; at < rest.size();) {
    std::size_t end = std::min(at + 3, rest.size());
    while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xc0) == 0x80) ++end;
    bytes += says(raw_of(rest.substr(at, end - at)));
    at = end;
  }
  Script script;
  script.body = {{{}, bytes + stop() + usage_event() + done}};
  return script;
}

}  // namespace

TEST_CASE("a stream that is cut at any byte comes to the same text, and nothing twice") {
  const std::string bytes = whole_stream();
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    const std::string came = bytes.substr(0, cut);
    const std::string said =
        read(came.substr(0, came.rfind("\n\n") == std::string::npos ? 0 : came.rfind("\n\n") + 2)).text;
    ServedWorld world(generation_with(2));
    world.script(ServedWorld::cheap, broken_after(came));
    world.host(ServedWorld::cheap).will(said.empty() ? stream("unused") : rest_behind(said));
    Script again;
    again.body = {{{}, bytes}};
    world.script(ServedWorld::middle, again);
    world.ask(R"(,"stream_options":{"include_usage":true})");
    world.advance(5s);
    REQUIRE(world.ended());
    const Read got = read(world.client.body);
    REQUIRE(got.text == all_text());
    CHECK(got.errors == 0);
    CHECK(got.ends == 1);
    CHECK(got.roles == 1);
    CHECK(world.record().ending == Ending::answered);
    CHECK(world.open() == 0);
  }
}

TEST_CASE("who goes on is given what the client has, and both attempts are in the record and the bill") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("The") + says(" fox we")));
  world.host(ServedWorld::cheap).will(rest_behind("The fox we"));
  world.ask(R"(,"max_tokens":100,"stream_options":{"include_usage":true})");
  world.advance(5s);
  REQUIRE(world.ended());
  REQUIRE(world.host(ServedWorld::cheap).requests.size() == 2);
  const std::string& second = world.host(ServedWorld::cheap).requests[1];
  CHECK(second.find(R"({"role":"user","content":"Hi"},{"role":"assistant","content":"The fox"}])") !=
        std::string::npos);
  CHECK(second.find(R"("max_tokens":98)") != std::string::npos);
  CHECK(world.client.body.find(": isocost goes on at cheap\n\n") != std::string::npos);
  CHECK(world.client.body.find(R"("isocost":{"continued":1})") != std::string::npos);
  const auto& attempts = world.record().attempts;
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].failure->kind == FailureKind::broken_stream);
  CHECK(attempts[0].usage_is_estimated);
  CHECK(attempts[0].cost.nanos > 0);
  CHECK(attempts[1].reason == Reason::continues);
  CHECK(attempts[1].usage->output.count == 7);
  // What the client is told is the sum: 11 + 7 of the second, and what the first is estimated at.
  const auto prompt = 11 + attempts[0].usage->prompt.count;
  CHECK(world.client.body.find("\"prompt_tokens\":" + std::to_string(prompt)) != std::string::npos);
}

TEST_CASE("pages that only the rest is said to come from are told as left out") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("The") + says(" fox we")));
  Script rest = rest_behind("The fox we");
  const std::string cited = R"({"url":"https://a.example","title":"A","start_index":0,"end_index":3})";
  const std::string page = R"("annotations":[{"type":"url_citation","url_citation":)" + cited + "}]";
  rest.body.insert(rest.body.begin(), Script::Step{{}, delta(page)});
  world.host(ServedWorld::cheap).will(rest);
  world.ask(R"(,"stream_options":{"include_usage":true})");
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(read(world.client.body).text == all_text());
  CHECK(world.client.body.find("a.example") == std::string::npos);
  CHECK(world.client.body.find(R"("isocost":{"continued":1,"left_out":"citations"})") != std::string::npos);
}

TEST_CASE("with next to nothing of the answer's bound left nobody goes on with it") {
  const auto attempts_with = [](const std::string& most) {
    ServedWorld world(generation_with(2));
    world.script(ServedWorld::cheap, broken_after(role() + says("The") + says(" fox we")));
    world.host(ServedWorld::cheap).will(rest_behind("The fox we"));
    world.ask(R"(,"max_tokens":)" + most);
    world.advance(5s);
    REQUIRE(world.ended());
    const Read got = read(world.client.body);
    CHECK(got.errors + got.ends == 1);
    return world.record().attempts.size();
  };
  CHECK(attempts_with("18") == 1);
  CHECK(attempts_with("19") == 2);
}

TEST_CASE("who is given nothing to go on from may say as much as was asked for") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("Th")));
  world.host(ServedWorld::cheap).will(rest_behind("Th"));
  world.ask(R"(,"max_tokens":100)");
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(read(world.client.body).text == all_text());
  REQUIRE(world.host(ServedWorld::cheap).requests.size() == 2);
  CHECK(world.host(ServedWorld::cheap).requests[1].find(R"("max_tokens":100)") != std::string::npos);
}

TEST_CASE(
    "without the policy's leave, or prefill at the host, a stream that breaks ends with one error event") {
  const auto ends_with_error = [](ServedWorld& world) {
    world.script(ServedWorld::cheap, broken_after(role() + says("The") + says(" fox")));
    world.script(ServedWorld::middle, stream("Something else"));
    world.ask();
    world.advance(5s);
    REQUIRE(world.ended());
    const Read got = read(world.client.body);
    CHECK(got.text == "The fox");
    CHECK(got.errors == 1);
    CHECK(got.ends == 0);
    CHECK(world.record().ending == Ending::broken);
    CHECK(world.record().attempts.size() == 1);
  };
  SUBCASE("no leave") {
    ServedWorld world(generation_with(0));
    ends_with_error(world);
  }
  SUBCASE("no prefill") {
    ServedWorld world(generation_with(2, three_prices()));
    ends_with_error(world);
  }
}

TEST_CASE("what is no plain text is not gone on with") {
  const auto breaks = [](const std::string& events, const std::string& more) {
    ServedWorld world(generation_with(2));
    world.script(ServedWorld::cheap, broken_after(role() + events));
    world.host(ServedWorld::cheap).will(rest_behind("The fox"));
    world.ask(more);
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(read(world.client.body).errors == 1);
    CHECK(world.record().attempts.size() == 1);
  };
  SUBCASE("thoughts") {
    breaks(delta(R"("reasoning_content":"Hm")") + says("The fox"), "");
  }
  SUBCASE("a call of a tool") {
    breaks(says("The fox") + delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}])"), "");
  }
  SUBCASE("a refusal") {
    breaks(delta(R"("refusal":"No")"), "");
  }
  SUBCASE("JSON was asked for") {
    breaks(says("The fox"), R"(,"response_format":{"type":"json_object"})");
  }
  SUBCASE("two answers") {
    breaks(says("The fox"), R"(,"n":2)");
  }
}

TEST_CASE("a host that begins anew, or says something else, is left for another, and no more than twice") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("The fox went over the h")));
  SUBCASE("the second one knows how") {
    world.host(ServedWorld::cheap).will(stream("The fox went over the hill and far away from everybody."));
    world.script(ServedWorld::middle, stream(" hill."));
    world.ask();
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(read(world.client.body).text == "The fox went over the hill.");
    CHECK(read(world.client.body).errors == 0);
    REQUIRE(world.record().attempts.size() == 3);
    CHECK(world.record().attempts[1].failure->kind == FailureKind::bad_reply);
    CHECK(world.record().attempts[2].reason == Reason::continues);
  }
  SUBCASE("nobody does") {
    world.host(ServedWorld::cheap).will(stream("Certainly! The hill."));
    world.script(ServedWorld::middle, refuses(400));
    world.script(ServedWorld::dear, stream(" hill."));
    world.ask();
    world.advance(5s);
    REQUIRE(world.ended());
    CHECK(read(world.client.body).text == "The fox went over the h");
    CHECK(read(world.client.body).errors == 1);
    CHECK(world.record().attempts.size() == 3);
    CHECK(world.host(ServedWorld::dear).requests.empty());
  }
}

TEST_CASE("a stream that breaks again is gone on with from where that one broke") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("The fox w")));
  world.host(ServedWorld::cheap).will(broken_after(role() + says(" went over t")));
  world.script(ServedWorld::middle, stream(" the hill."));
  world.ask();
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(read(world.client.body).text == "The fox went over the hill.");
  CHECK(world.host(ServedWorld::middle).requests.at(0).find(R"("content":"The fox went over"})") !=
        std::string::npos);
  CHECK(world.record().ending == Ending::answered);
  CHECK(world.record().attempts.size() == 3);
}

TEST_CASE("a client that leaves ends it all") {
  ServedWorld world(generation_with(2));
  world.script(ServedWorld::cheap, broken_after(role() + says("The fox w")));
  world.host(ServedWorld::cheap).will(stream(" went", 10s));
  world.ask();
  world.advance(1s);
  CHECK(world.open() == 1);
  world.leave();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.open() == 0);
  CHECK(world.record().ending == Ending::client_left);
}

// What answers are checked on, whole and streamed, passed on and interpreted.
#include "gateway/answer/answer_check.hpp"

#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using routing::Check;
using routing::Checked;

namespace {

const std::string weather =
    R"("tools":[{"type":"function","function":{"name":"other"}},{"type":"function","function":{"name":)"
    R"("weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}])";

config::Settings all_features(config::Formats first = config::Format::chat) {
  config::Settings settings = three_prices();
  for (config::EndpointSettings& endpoint : settings.models[0].endpoints) endpoint.features.set();
  settings.models[0].endpoints[0].speaks = first;
  return settings;
}

std::string escaped(const std::string& text) {
  std::string out;
  providers::append_escaped(out, text);
  return out;
}

Script whole_call(const std::string& name, const std::string& arguments) {
  return document(
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":)"
      R"("c","type":"function","function":{"name":")" +
      name + R"(","arguments":")" + escaped(arguments) +
      R"("}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":5}})");
}
// In pieces of three characters.
Script streamed_call(const std::string& name, const std::string& arguments) {
  std::vector<Script::Step> steps{{{}, role()}};
  steps.push_back({{},
                   delta(R"("tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":")" +
                         name + R"(","arguments":""}}])")});
  for (std::size_t at = 0; at < arguments.size(); at += 3) {
    steps.push_back({1ms, delta(R"("tool_calls":[{"index":0,"function":{"arguments":")" +
                                escaped(arguments.substr(at, 3)) + R"("}}])")});
  }
  steps.push_back({{}, delta("", R"("tool_calls")")});
  steps.push_back({{}, done});
  return pieces(std::move(steps));
}
Script whole_text(const std::string& text, const std::string& finish = "stop") {
  return document(R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" + escaped(text) +
                  R"("},"finish_reason":")" + finish +
                  R"("}],"usage":{"prompt_tokens":9,"completion_tokens":5}})");
}

routing::Conduct conduct_of(ServedWorld& world, Script script, bool streamed, const std::string& more) {
  world.script(ServedWorld::cheap, std::move(script));
  streamed ? world.ask("," + more) : world.ask_whole("," + more);
  world.advance(10s);
  REQUIRE(world.ended());
  REQUIRE(world.record().attempts.size() == 1);
  CHECK(world.record().status == 200);
  return world.record().attempts[0].conduct;
}
Checked call_checked(const std::string& name, const std::string& arguments, bool streamed) {
  ServedWorld world(all_features());
  Script script = streamed ? streamed_call(name, arguments) : whole_call(name, arguments);
  return checked(conduct_of(world, std::move(script), streamed, weather), Check::tool_arguments);
}
Checked json_checked(const std::string& text, const std::string& form, const std::string& finish = "stop") {
  ServedWorld world(all_features());
  return checked(conduct_of(world, whole_text(text, finish), false, R"("response_format":)" + form),
                 Check::json);
}

}  // namespace

TEST_CASE("arguments of calls are checked on the schema of their tool, whole and streamed") {
  for (const bool streamed : {false, true}) {
    CAPTURE(streamed);
    CHECK(call_checked("weather", R"({"city":"Rome"})", streamed) == Checked::passed);
    CHECK(call_checked("weather", R"({"city":"R\u00f6m \"x\""})", streamed) == Checked::passed);
    CHECK(call_checked("weather", R"({"city":7})", streamed) == Checked::failed);
    CHECK(call_checked("weather", R"({"town":"Rome"})", streamed) == Checked::failed);
    CHECK(call_checked("weather", R"({"city":"Rome")", streamed) == Checked::failed);
    CHECK(call_checked("nobody_offered_it", R"({})", streamed) == Checked::failed);
    CHECK(call_checked("other", "", streamed) == Checked::passed);
    CHECK(call_checked("other", R"({"anything":[1]})", streamed) == Checked::passed);
  }
}

TEST_CASE("a request without tools, or an answer without calls, has no calls to check") {
  ServedWorld plain;
  CHECK(checked(conduct_of(plain, stream("Hello"), true, R"("user":"u")"), Check::tool_arguments) ==
        Checked::no);
  ServedWorld tools(all_features());
  const routing::Conduct conduct = conduct_of(tools, stream("Hello"), true, weather);
  CHECK(checked(conduct, Check::tool_arguments) == Checked::no);
  CHECK(checked(conduct, Check::content) == Checked::passed);
  CHECK(checked(conduct, Check::finish) == Checked::passed);
}

TEST_CASE("an answer that was to be JSON is checked on being so, and on its schema") {
  CHECK(json_checked(R"({"a":1})", R"({"type":"json_object"})") == Checked::passed);
  CHECK(json_checked("```json\n{}\n```", R"({"type":"json_object"})") == Checked::failed);
  const std::string form =
      R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","required":["a"]}}})";
  CHECK(json_checked(R"({"a":1})", form) == Checked::passed);
  CHECK(json_checked(R"({"b":1})", form) == Checked::failed);
  CHECK(json_checked(R"({"b":1)", form, "length") == Checked::no);
  ServedWorld world(all_features());
  const routing::Conduct conduct =
      conduct_of(world, stream("Hello"), true, R"("response_format":{"type":"json_object"})");
  CHECK(checked(conduct, Check::json) == Checked::failed);
}

TEST_CASE("an end that does not fit, and an answer without anything in it, are seen") {
  ServedWorld early(all_features());
  CHECK(checked(conduct_of(early, whole_text("Hel", "length"), false, R"("max_tokens":100)"),
                Check::finish) == Checked::failed);
  ServedWorld right(all_features());
  CHECK(checked(conduct_of(right, whole_text("Hel", "length"), false, R"("max_tokens":5)"), Check::finish) ==
        Checked::passed);
  ServedWorld claims(all_features());
  CHECK(checked(conduct_of(claims, whole_text("Hello", "tool_calls"), false, weather), Check::finish) ==
        Checked::failed);
  ServedWorld nothing(all_features());
  CHECK(checked(conduct_of(nothing, whole_text("", "stop"), false, R"("user":"u")"), Check::content) ==
        Checked::failed);
}

TEST_CASE("calls of a host that speaks another API are checked as well") {
  const auto sse = [](const std::string& data) { return "data: " + data + "\n\n"; };
  for (const bool is_right : {true, false}) {
    ServedWorld world(all_features(config::Format::messages));
    Script script = pieces(
        {{{},
          sse(R"({"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c",)"
              R"("content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}})")},
         {{},
          sse(R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":)"
              R"("weather","input":{}}})")},
         {{},
          sse(R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":)" +
              std::string(is_right ? R"("{\"city\":\"Rome\"}")" : R"("{\"city\":")") + "}}")},
         {{}, sse(R"({"type":"content_block_stop","index":0})")},
         {{},
          sse(R"({"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}})")},
         {{}, sse(R"({"type":"message_stop"})")}});
    const routing::Conduct conduct = conduct_of(world, std::move(script), true, weather);
    CHECK(checked(conduct, Check::tool_arguments) == (is_right ? Checked::passed : Checked::failed));
    CHECK(checked(conduct, Check::finish) == Checked::passed);
  }
}

TEST_CASE("arguments that are too long to be kept are not judged") {
  const std::string longer = R"({"city":")" + std::string(300'000, 'x') + "\"}";
  CHECK(call_checked("weather", longer, false) == Checked::unjudged);
}

TEST_CASE(
    "tools that are too large to be kept beside a stream are not checked on, and nor is their request") {
  const auto with_tools_of = [](std::size_t bytes, bool streamed) {
    config::Settings settings = all_features();
    for (config::EndpointSettings& endpoint : settings.models[0].endpoints) endpoint.context = {2'000'000};
    ServedWorld world(std::move(settings));
    const std::string large = R"({"type":"function","function":{"name":"large","description":")" +
                              std::string(bytes, 'x') + R"("}},)";
    std::string tools = weather;
    tools.insert(tools.find('[') + 1, large);
    Script script =
        streamed ? streamed_call("weather", R"({"city":7})") : whole_call("weather", R"({"city":7})");
    return checked(conduct_of(world, std::move(script), streamed, tools), Check::tool_arguments);
  };
  for (const bool streamed : {false, true}) {
    CAPTURE(streamed);
    CHECK(with_tools_of(100'000, streamed) == Checked::failed);
    CHECK(with_tools_of(300'000, streamed) == Checked::unjudged);
  }
}

TEST_CASE("of several calls each is checked on its own tool") {
  const auto calls = [](const std::string& first, const std::string& second) {
    const auto one = [](int index, const std::string& name, const std::string& arguments) {
      return R"({"index":)" + std::to_string(index) + R"(,"id":"c)" + std::to_string(index) +
             R"(","type":"function","function":{"name":")" + name + R"(","arguments":")" +
             escaped(arguments) + "\"}}";
    };
    ServedWorld world(all_features());
    Script script =
        document(R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)" +
                 one(0, "weather", first) + "," + one(1, "other", "{}") + "," + one(2, "weather", second) +
                 R"(]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":5}})");
    return checked(conduct_of(world, std::move(script), false, weather), Check::tool_arguments);
  };
  CHECK(calls(R"({"city":"Rome"})", R"({"city":"Bern"})") == Checked::passed);
  CHECK(calls(R"({"city":"Rome"})", R"({"city":7})") == Checked::failed);
  CHECK(calls(R"({"town":"Rome"})", R"({"city":"Bern"})") == Checked::failed);
}

TEST_CASE("what the host says that it runs is known by a hash") {
  ServedWorld world;
  const std::string with = R"({"system_fingerprint":"fp_1",)" + whole_answer.substr(1);
  conduct_of(world, document(with), false, R"("user":"u")");
  const std::uint64_t first = world.record().attempts[0].fingerprint;
  CHECK(first != 0);
  ServedWorld silent;
  conduct_of(silent, document(whole_answer), false, R"("user":"u")");
  CHECK(silent.record().attempts[0].fingerprint == 0);
}

namespace {

// Two answers side by side: a call of each, as the host tells them whole or in turns.
Checked two_calls_checked(const std::string& first, const std::string& second, bool streamed) {
  const auto call = [](const std::string& arguments) {
    return R"("tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"weather","arguments":")" +
           escaped(arguments) + R"("}}])";
  };
  ServedWorld world(all_features());
  if (!streamed) {
    const auto choice = [&](int index, const std::string& arguments) {
      return R"({"index":)" + std::to_string(index) + R"(,"message":{"role":"assistant","content":null,)" +
             call(arguments) + R"(},"finish_reason":"tool_calls"})";
    };
    return checked(conduct_of(world,
                              document(R"({"choices":[)" + choice(0, first) + "," + choice(1, second) +
                                       R"(],"usage":{"prompt_tokens":9,"completion_tokens":5}})"),
                              false, R"("n":2,)" + weather),
                   Check::tool_arguments);
  }
  const auto chunk = [&](int index, const std::string& delta, const std::string& finish) {
    return "data: {\"id\":\"x\",\"choices\":[{\"index\":" + std::to_string(index) + ",\"delta\":{" + delta +
           "},\"finish_reason\":" + finish + "}]}\n\n";
  };
  std::vector<Script::Step> steps;
  steps.push_back({{}, chunk(0, call(first), "null")});
  steps.push_back({1ms, chunk(1, call(second), "null")});
  steps.push_back({1ms, chunk(0, "", R"("tool_calls")")});
  steps.push_back({1ms, chunk(1, "", R"("tool_calls")")});
  steps.push_back({{}, done});
  return checked(conduct_of(world, pieces(std::move(steps)), true, R"("n":2,)" + weather),
                 Check::tool_arguments);
}

}  // namespace

TEST_CASE("of several answers side by side each is checked, and all must pass") {
  for (const bool streamed : {false, true}) {
    CAPTURE(streamed);
    CHECK(two_calls_checked(R"({"city":"Rome"})", R"({"city":"Oslo"})", streamed) == Checked::passed);
    CHECK(two_calls_checked(R"({"city":"Rome"})", R"({"city":7})", streamed) == Checked::failed);
    CHECK(two_calls_checked(R"({"town":"Rome"})", R"({"city":"Oslo"})", streamed) == Checked::failed);
  }
}

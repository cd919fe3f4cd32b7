#include "providers/simulated/simulated_reply.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <chrono>
#include <string>
#include <vector>

#include "providers/simulated/simulated_refusal.hpp"
#include "providers/simulated/simulated_request.hpp"

using namespace std::chrono_literals;

namespace {

using providers::BadRequest;
using providers::SimulatedChat;
using providers::SimulatedRequest;

SimulatedRequest accepted(const std::string& body) {
  auto read = providers::read_simulated_request(body, 4);
  REQUIRE(std::holds_alternative<SimulatedRequest>(read));
  return std::get<SimulatedRequest>(read);
}

// The payloads of a stream's data events.
std::vector<std::string> payloads(const std::string& stream) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t end = stream.find("\n\n", at);
    REQUIRE(end != std::string::npos);
    REQUIRE(stream.substr(at, 6) == "data: ");
    found.push_back(stream.substr(at + 6, end - at - 6));
    at = end + 2;
  }
  return found;
}

}  // namespace

TEST_CASE("what a host reads of a request") {
  const SimulatedRequest request = accepted(
      R"({"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":7,"extra":[1,{"a":2}],)"
      R"("messages":[{"role":"system","content":"Be brief."},)"
      R"({"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{}}]}]})");
  CHECK(request.model == "m");
  CHECK(request.delivery == routing::Delivery::streamed);
  CHECK(request.include_usage);
  CHECK(request.max_output == config::Tokens{7});
  // 6 + 9 + 4 + 13 bytes make 8 tokens, two messages 8 more, and the picture 765.
  CHECK(request.prompt.count == 8 + 8 + 765);
  CHECK(request.prefix_blocks.size() == 2);
}

TEST_CASE("the newer name of the output limit wins, and null means none") {
  const std::string messages = R"(,"messages":[{"role":"user","content":"x"}]})";
  CHECK(accepted(R"({"model":"m","max_completion_tokens":5,"max_tokens":9)" + messages).max_output->count ==
        5);
  CHECK_FALSE(accepted(R"({"model":"m","max_tokens":null,"stream":null)" + messages).max_output.has_value());
}

TEST_CASE("prompts that begin alike share their leading blocks") {
  const auto of = [](const std::string& text) {
    return accepted(R"({"model":"m","messages":[{"role":"user","content":")" + text + R"("}]})")
        .prefix_blocks;
  };
  const auto one = of("The same beginning of a prompt, then this one here.");
  const auto other = of("The same beginning of a prompt, then that one here.");
  REQUIRE(one.size() == other.size());
  CHECK(one.front() == other.front());
  CHECK(one[1] == other[1]);
  CHECK(one.back() != other.back());
}

TEST_CASE("a request that is wrong is refused, naming the field") {
  struct Row {
    std::string body;
    std::string param;
    std::string says;
  };
  for (const Row& row :
       std::vector<Row>{{"{", "", "not JSON"},
                        {"[]", "", "object"},
                        {R"({"messages":[]})", "model", "text"},
                        {R"({"model":7,"messages":[{"role":"user","content":"x"}]})", "model", "text"},
                        {R"({"model":"m"})", "messages", "array"},
                        {R"({"model":"m","messages":[]})", "messages", "at least one"},
                        {R"({"model":"m","messages":["x"]})", "messages", "role"},
                        {R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})",
                         "max_tokens", "at least 1"},
                        {R"({"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"x"}]})",
                         "max_tokens", "whole"},
                        {R"({"model":"m","stream":"yes","messages":[{"role":"user","content":"x"}]})",
                         "stream", "true or false"}}) {
    CAPTURE(row.body);
    const auto read = providers::read_simulated_request(row.body, 64);
    REQUIRE(std::holds_alternative<BadRequest>(read));
    CHECK(std::get<BadRequest>(read).param == row.param);
    CHECK(std::get<BadRequest>(read).message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a simulated host takes any JSON, as real ones do") {
  const std::string messages = R"("messages":[{"role":"user","content":"12345678"}])";
  for (const std::string member :
       {R"("x":1e400)", R"("seed":123456789012345678901)", R"("x":"\ud800")", R"("max_tokens":5.0)",
        R"("stream":null)", R"("max_completion_tokens":null)"}) {
    CAPTURE(member);
    const auto read =
        providers::read_simulated_request(R"({"model":"m",)" + messages + "," + member + "}", 64);
    REQUIRE(std::holds_alternative<providers::SimulatedRequest>(read));
    CHECK(std::get<providers::SimulatedRequest>(read).prompt.count == 7);  // the role and four each message
  }
}

TEST_CASE("a stream says the same as a whole answer, reasoning first, and counts what it says") {
  const SimulatedChat reply{
      "id-1", "a \"model\"", 5, {{77, {}}}, {.usage = SimulatedChat::UsageInStream::asked}};
  const routing::Answer answer{.prompt = {10}, .cached = {4}, .output = {50}, .reasoning = {20}};
  simdjson::dom::parser parser;
  std::string reasoning;
  std::string content;
  const auto events = payloads(reply.first_events(answer) + reply.token_events(0, 33, answer) +
                               reply.token_events(33, 50, answer) + reply.last_events(answer));
  REQUIRE(events.size() == 1 + 50 + 2 + 1);
  CHECK(events.back() == "[DONE]");
  for (std::size_t i = 0; i < 51; ++i) {
    const simdjson::dom::element event = parser.parse(events[i]);
    CHECK(std::string_view{event["id"]} == "id-1");
    CHECK(std::string_view{event["model"]} == "a \"model\"");
    CHECK(event["usage"].is_null());
    const simdjson::dom::element delta = event.at_pointer("/choices/0/delta");
    std::string_view text;
    if (delta["reasoning_content"].get(text) == simdjson::SUCCESS) {
      CHECK(delta["content"].is_null());
      reasoning += text;
    } else {
      content += std::string_view{delta["content"]};
    }
  }
  CHECK(std::string_view{parser.parse(events[51]).at_pointer("/choices/0/finish_reason")} == "stop");
  const simdjson::dom::element usage = parser.parse(events[52])["usage"];
  CHECK(std::int64_t{usage["prompt_tokens"]} == 10);
  CHECK(std::int64_t{usage["completion_tokens"]} == 50);
  CHECK(std::int64_t{usage["total_tokens"]} == 60);
  CHECK(std::int64_t{usage.at_pointer("/prompt_tokens_details/cached_tokens")} == 4);
  CHECK(std::int64_t{usage.at_pointer("/completion_tokens_details/reasoning_tokens")} == 20);
  CHECK(std::count(reasoning.begin(), reasoning.end(), ' ') == 20);
  CHECK(std::count(content.begin(), content.end(), ' ') == 30);

  const simdjson::dom::element whole = parser.parse(reply.whole(answer));
  CHECK(std::string_view{whole.at_pointer("/choices/0/message/content")} == content);
  CHECK(std::string_view{whole.at_pointer("/choices/0/message/reasoning_content")} == reasoning);
  CHECK(std::int64_t{whole.at_pointer("/usage/completion_tokens")} == 50);
}

TEST_CASE("usage is not shown to a stream that did not ask, and a cut answer says length") {
  const SimulatedChat reply{"id", "m", 5, {{77, {}}}, {.usage = SimulatedChat::UsageInStream::not_asked}};
  const auto events = payloads(reply.last_events({.output = {5}, .finish = routing::Answer::Finish::length}));
  REQUIRE(events.size() == 2);
  CHECK(events[0].find(R"("finish_reason":"length")") != std::string::npos);
  CHECK(events[0].find("usage") == std::string::npos);
}

TEST_CASE("refusals speak OpenAI's error envelope") {
  config::SimulatedHost host;
  host.context = {1'000};
  const routing::HostRequest request{.prompt = {990}, .max_output = config::Tokens{20}};
  const auto error = providers::error_of({routing::Refused::Because::context, 400, {}}, host, request);
  simdjson::dom::parser parser;
  const simdjson::dom::element body = parser.parse(providers::error_body(error))["error"];
  CHECK(std::string_view{body["code"]} == "context_length_exceeded");
  CHECK(std::string_view{body["type"]} == "invalid_request_error");
  CHECK(std::string_view{body["message"]}.find("1000") != std::string_view::npos);
  CHECK(std::string_view{body["message"]}.find("990") != std::string_view::npos);
  CHECK(std::string_view{body["message"]}.find("20") != std::string_view::npos);

  const auto trouble = providers::error_of({routing::Refused::Because::error, 500, {}}, host, request);
  CHECK(trouble.status == 500);
  CHECK(simdjson::dom::element{parser.parse(providers::error_body(trouble))}
            .at_pointer("/error/code")
            .is_null());
}

TEST_CASE("waits are told in whole seconds and in milliseconds, never too short") {
  CHECK(providers::retry_fields(1'200'001us) == "retry-after: 2\r\nretry-after-ms: 1201\r\n");
  CHECK(providers::limit_fields("requests", {60, 12.9, 10s}, 1'500ms) ==
        "x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: 12\r\nx-ratelimit-reset-requests: "
        "1500ms\r\n");
}

#include "gateway/trace/spans.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "gateway/trace/trace_parent.hpp"
#include "tests/support/close.hpp"
#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;
using namespace gateway;
namespace json = boost::json;

namespace {

const std::string of_client = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

json::array spans_of(const Record& record, const Sampling& sampling = {}) {
  std::string text;
  const std::size_t count = append_spans(record, sampling, text);
  const json::array spans = json::parse("[" + text + "]").as_array();
  CHECK(spans.size() == count);
  return spans;
}

json::value attribute(const json::value& span, std::string_view key) {
  for (const json::value& each : span.at("attributes").as_array()) {
    if (each.at("key").as_string() == key) return each.at("value").as_object().begin()->value();
  }
  return nullptr;
}

Record answered() {
  Record record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  record.demand.admitted = config::TimePoint(100s);
  record.attempts[0].dispatched = config::TimePoint(100s) + 2ms;
  return record;
}

bool is_id(const json::value& id, std::size_t length) {
  return id.as_string().size() == length &&
         id.as_string().find_first_not_of("0123456789abcdef") == json::string::npos;
}

}  // namespace

TEST_CASE("a request is a span of the server, and each attempt one of the client beneath it") {
  const json::array spans = spans_of(answered());
  REQUIRE(spans.size() == 2);
  const json::value &server = spans[0], &client = spans[1];
  CHECK(server.at("kind") == 2);
  CHECK(client.at("kind") == 3);
  CHECK(is_id(server.at("traceId"), 32));
  CHECK(is_id(server.at("spanId"), 16));
  CHECK(is_id(client.at("spanId"), 16));
  CHECK(server.at("spanId") != client.at("spanId"));
  CHECK(client.at("traceId") == server.at("traceId"));
  CHECK(client.at("parentSpanId") == server.at("spanId"));
  CHECK(!server.as_object().contains("parentSpanId"));
  CHECK(server.at("name").as_string() == "POST /v1/chat/completions");
  CHECK(client.at("name").as_string() == "chat their-own-name");
  CHECK(server.at("startTimeUnixNano").as_string() == "1767225600123000000");
  CHECK(server.at("endTimeUnixNano").as_string() == "1767225603544007000");
  CHECK(client.at("startTimeUnixNano").as_string() == "1767225600125000000");
  CHECK(client.at("endTimeUnixNano").as_string() == "1767225603545000000");
  CHECK(attribute(client, "gen_ai.usage.input_tokens").as_string() == "118");
  CHECK(attribute(client, "gen_ai.usage.cache_read.input_tokens").as_string() == "64");
  CHECK(attribute(client, "gen_ai.usage.output_tokens").as_string() == "101");
  CHECK(attribute(client, "isocost.attempt.role").as_string() == "primary");
  CHECK(attribute(client, "isocost.cost.dollars").to_number<double>() == support::close(0.0012345));
  CHECK(attribute(server, "isocost.policy").as_string() == "balanced");
  CHECK(attribute(server, "http.response.status_code").as_string() == "200");
  CHECK(!server.as_object().contains("status"));
}

TEST_CASE("a request goes on with its client's trace") {
  Record record = answered();
  record.traceparent = of_client;
  const json::array spans = spans_of(record);
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].at("traceId").as_string() == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(spans[0].at("parentSpanId").as_string() == "00f067aa0ba902b7");
}

TEST_CASE("what a client does not sample is not exported, but where the sampler follows nobody") {
  Record record = answered();
  record.traceparent = of_client.substr(0, 53) + "00";
  CHECK(spans_of(record).empty());
  CHECK(spans_of(record, {.follows_parent = false}).size() == 2);
  CHECK(spans_of(record, {.follows_parent = false, .share = 0}).empty());
  record.traceparent.clear();
  CHECK(spans_of(record, {.share = 0}).empty());
  record.traceparent = of_client;
  CHECK(spans_of(record, {.share = 0}).size() == 2);
}

TEST_CASE("a second request is linked to the one beside it, and a failure says what it was") {
  Record record = answered();
  record.attempts.push_back(record.attempts[0]);
  record.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::outrun};
  record.attempts[1].reason = routing::Reason::hedge;
  json::array spans = spans_of(record);
  REQUIRE(spans.size() == 3);
  CHECK(attribute(spans[2], "isocost.attempt.role").as_string() == "hedge");
  CHECK(spans[2].at("links").as_array()[0].at("spanId") == spans[1].at("spanId"));
  CHECK(!spans[1].as_object().contains("status"));
  record.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::server_error, .status = 503};
  record.attempts[1].reason = routing::Reason::best;
  spans = spans_of(record);
  CHECK(spans[1].at("status").at("code") == 2);
  CHECK(attribute(spans[1], "error.type").as_string() == "server_error");
  CHECK(attribute(spans[1], "http.response.status_code").as_string() == "503");
  CHECK(attribute(spans[2], "isocost.attempt.role").as_string() == "retry");
}

TEST_CASE("whatever a client calls a model, its spans are valid JSON") {
  Record record = answered();
  record.asked = "a\n\"<b>\x01\xff";
  CHECK(spans_of(record).size() == 2);
}

TEST_CASE("a traceparent is read as W3C has it") {
  CHECK(trace_parent(of_client)->is_sampled);
  CHECK(trace_parent("cc" + of_client.substr(2) + "-more"));
  const std::string ids = of_client.substr(2, 50);
  for (const std::string& wrong : std::vector<std::string>{
           "", of_client.substr(0, 54), of_client + "0", of_client + "-more", "ff" + of_client.substr(2),
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00" + ids + "-0g"}) {
    CAPTURE(wrong);
    CHECK(!trace_parent(wrong));
  }
}

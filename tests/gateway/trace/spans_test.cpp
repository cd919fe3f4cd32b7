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

TEST_CASE(
    "names are those of October 2026, and of the conventions before them where the configuration says so") {
  Record record = answered();
  record.attempts[0].usage->cache_written = {7};
  json::value client = spans_of(record)[1];
  CHECK(attribute(client, "gen_ai.usage.cache_write.input_tokens").as_string() == "7");
  CHECK(attribute(client, "gen_ai.usage.cache_creation.input_tokens").is_null());
  config::Settings settings = tests::three_hosts();
  settings.telemetry.genai_names = config::GenAiNames::of_1_41;
  record.catalogue = tests::catalogue_of(std::move(settings), 1);
  client = spans_of(record)[1];
  CHECK(attribute(client, "gen_ai.usage.cache_creation.input_tokens").as_string() == "7");
  CHECK(attribute(client, "gen_ai.usage.cache_write.input_tokens").is_null());
  CHECK(attribute(client, "gen_ai.usage.cache_read.input_tokens").as_string() == "64");
}

TEST_CASE("a host is told the span of the attempt that asks it, in the trace of the client") {
  Record record = answered();
  record.traceparent = of_client;
  record.attempts.push_back(record.attempts[0]);
  const json::array spans = spans_of(record);
  REQUIRE(spans.size() == 3);
  for (std::size_t number = 0; number < 2; ++number) {
    const std::string told = traceparent_for_host(record.id, of_client, number, Sampling());
    const auto read = trace_parent(told);
    REQUIRE(read);
    CHECK(read->trace == spans[0].at("traceId").as_string());
    CHECK(read->parent == spans[number + 1].at("spanId").as_string());
    CHECK(read->is_sampled);
  }
  record.traceparent.clear();
  const json::array own = spans_of(record);
  const std::string told = traceparent_for_host(record.id, "", 0, Sampling());
  REQUIRE(trace_parent(told));
  CHECK(trace_parent(told)->trace == own[0].at("traceId").as_string());
  CHECK(trace_parent(told)->parent == own[1].at("spanId").as_string());
}

TEST_CASE(
    "a host is told what the client said where nothing is exported, and nothing where it said nothing") {
  const std::string unsampled = of_client.substr(0, 53) + "00";
  CHECK(traceparent_for_host("req-1", of_client, 0, std::nullopt) == of_client);
  CHECK(traceparent_for_host("req-1", unsampled, 1, Sampling()) == unsampled);
  CHECK(traceparent_for_host("req-1", "", 0, std::nullopt).empty());
  CHECK(traceparent_for_host("req-1", "", 0, Sampling{.share = 0}).empty());
  CHECK(traceparent_for_host("req-1", "nonsense", 0, std::nullopt).empty());
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

TEST_CASE("an attempt that goes on with a stream is told from one that asks anew") {
  Record record = answered();
  record.attempts.push_back(record.attempts[0]);
  record.attempts[0].failure = routing::Failure{.kind = routing::FailureKind::broken_stream};
  record.attempts[1].reason = routing::Reason::continues;
  CHECK(attribute(spans_of(record)[2], "isocost.attempt.role").as_string() == "continue");
}

TEST_CASE("a request that is no POST is called what it is") {
  Record record;
  record.id = "req_1";
  record.method = "DELETE";
  record.path = "/v1/responses/{id}";
  record.status = 404;
  const json::value span = spans_of(record).at(0);
  CHECK(span.at("name").as_string() == "DELETE /v1/responses/{id}");
  CHECK(attribute(span, "http.request.method").as_string() == "DELETE");
  CHECK(!span.as_object().contains("events"));
  empty(record);
  CHECK(record.method == "POST");
}

TEST_CASE("each decision is an event of the request, also the one that left nobody") {
  Record record = answered();
  record.foreseen = {{.cost = 0.003, .dollars = 0.001, .least_cost = 0.002}};
  record.left_out.by[0] = 2;
  record.left_out.by[static_cast<std::size_t>(routing::Removal::context)] = 1;
  record.left_out.most_by = routing::Removal::context;
  json::value server = spans_of(record).at(0);
  REQUIRE(server.at("events").as_array().size() == 1);
  json::value event = server.at("events").at(0);
  CHECK(event.at("name").as_string() == "isocost.decision");
  CHECK(event.at("timeUnixNano").as_string() == "1767225600125000000");
  CHECK(attribute(event, "isocost.endpoint").as_string() ==
        attribute(spans_of(record)[1], "isocost.endpoint").as_string());
  CHECK(attribute(event, "isocost.decision.cost.dollars").to_number<double>() == support::close(0.003));
  CHECK(attribute(event, "isocost.decision.least_cost.dollars").to_number<double>() == support::close(0.002));
  CHECK(attribute(event, "isocost.decision.candidates").as_string() == "2");
  CHECK(attribute(event, "isocost.decision.left_out_by").as_string() == "context");

  record.attempts.clear();
  record.left_out.by[0] = 0;
  server = spans_of(record).at(0);
  REQUIRE(server.at("events").as_array().size() == 1);
  event = server.at("events").at(0);
  CHECK(attribute(event, "isocost.endpoint").is_null());
  CHECK(attribute(event, "isocost.decision.candidates").as_string() == "0");
  CHECK(attribute(event, "isocost.decision.left_out").as_string() == "1");
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

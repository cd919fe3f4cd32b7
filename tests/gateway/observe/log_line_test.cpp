#include "gateway/observe/log_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;

namespace {

std::string line_of(const gateway::Record& record) {
  std::string line;
  gateway::append_log_line(record, line);
  return line;
}

}  // namespace

TEST_CASE("an answered request is one line that says all that matters") {
  CHECK(
      line_of(tests::answered(tests::catalogue_of(tests::three_hosts()), 1)) ==
      R"({"time":"2026-01-01T00:00:00.123Z","id":"req-1","path":"/v1/chat/completions",)"
      R"("model":"deepseek/deepseek-r1","key":"app","policy":"balanced","stream":true,"status":200,)"
      R"("ending":"answered","prompt_estimate":120,"first_byte_ms":420.500,"total_ms":3421.007,"added_ms":0.180,)"
      R"("deciding_us":3.100,"bytes_in":512,"bytes_out":9000,"dollars":0.001234500,"attempts":[)"
      R"({"endpoint":"azure","model":"deepseek/deepseek-r1","reason":"best","propensity":0.980000,)"
      R"("ttft_ms":420.000,"total_ms":3420.000,"gap_ms":90.000,"prompt":118,"cached":64,"output":101,)"
      R"("reasoning":40,"dollars":0.001234500}]})"
      "\n");
}

TEST_CASE(
    "what an attempt that was given up costs is said to be an estimate, though its tokens are not known") {
  auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  routing::Attempt loser;
  loser.endpoint = 0;
  loser.cost = {500};
  loser.usage_is_estimated = true;
  loser.failure = routing::Failure{.kind = routing::FailureKind::outrun};
  record.attempts.insert(record.attempts.begin(), loser);
  const std::string line = line_of(record);
  CHECK(line.find(R"("usage_is_estimated":true,"dollars":0.000000500,"failure":"outrun")") !=
        std::string::npos);
}

TEST_CASE("a cost below nothing is in the log as it is") {
  auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  record.foreseen = {{.cost = -0.25, .dollars = 0.001, .ttft = 0.4, .least_cost = -0.5}};
  CHECK(line_of(record).find(R"("cost":-0.250000000,"least_cost":-0.500000000)") != std::string::npos);
}

TEST_CASE("a request that fell back shows each attempt and sums what they cost") {
  auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  routing::Attempt failed;
  failed.endpoint = 0;
  failed.cost = {500};
  failed.failure = routing::Failure{.kind = routing::FailureKind::rate_limited,
                                    .progress = routing::Progress::request_sent,
                                    .status = 429,
                                    .retry_after = {}};
  record.attempts.insert(record.attempts.begin(), failed);
  const std::string line = line_of(record);
  CHECK(line.find(R"({"endpoint":"deepseek","model":"deepseek/deepseek-r1","reason":"best",)") !=
        std::string::npos);
  CHECK(line.find(R"("failure":"rate_limited","status":429})") != std::string::npos);
  CHECK(line.find(R"("dollars":0.001235000,"attempts")") != std::string::npos);
}

TEST_CASE("a host that cannot be trusted is logged with what was wrong") {
  auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  record.attempts[0].failure =
      routing::Failure{.kind = routing::FailureKind::tls, .tls = routing::TlsFault::unknown_authority};
  CHECK(line_of(record).find(R"("failure":"tls","tls":"unknown_authority"})") != std::string::npos);
}

TEST_CASE("whatever the client sent, a request is one line of valid JSON in printable ASCII") {
  const std::string hostile[] = {"a\nb",
                                 "a\r\n{\"status\":200}",
                                 "\"quoted\\",
                                 std::string("nul\0nul", 7),
                                 "\x1b[2J\x7f",
                                 "caf\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x98\x80",
                                 "\xff\xfe\xc0\x80\xed\xa0\x80",
                                 "\xc2"};
  for (const std::string& text : hostile) {
    CAPTURE(text);
    gateway::Record record;
    record.id = record.model = record.key = record.error = text;
    const std::string line = line_of(record);
    CHECK(std::count(line.begin(), line.end(), '\n') == 1);
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= 0x20 && c < 0x7f; }));
    boost::system::error_code error;
    const auto parsed = boost::json::parse(line, error);
    REQUIRE(!error);
    CHECK(parsed.at("id") == parsed.at("error"));
  }
}

TEST_CASE("valid text comes back from a line as it was") {
  const std::string text = "caf\xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x98\x80 \"\\\n\t";
  gateway::Record record;
  record.model = text;
  CHECK(boost::json::parse(line_of(record)).at("model").as_string() == text);
}

TEST_CASE("no credential can reach a line") {
  const auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 0);
  CHECK(line_of(record).find(tests::planted_secret) == std::string::npos);
}

TEST_CASE("an attempt of no known catalogue is still a line") {
  gateway::Record record;
  record.attempts.resize(1);
  CHECK(
      line_of(record).find(
          R"("attempts":[{"endpoint":null,"reason":"best","propensity":0.000000,"dollars":0.000000000}]})") !=
      std::string::npos);
}

#include "gateway/observe/refused_lines.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace {

constexpr config::WallTime noon = config::WallTime(1767268800s);  // 2026-01-01

gateway::Record refused(const std::string& cause, config::WallTime at) {
  gateway::Record record;
  record.wall = at;
  record.ending = gateway::Ending::refused;
  record.error = cause;
  return record;
}

struct Log {
  gateway::RefusedLines lines;
  std::string said;

  // How many of so many, evenly within a second, have a line.
  int written(int times, const std::string& cause, config::WallTime second) {
    int count = 0;
    for (int i = 0; i < times; ++i)
      count += lines.admit(refused(cause, second + i * 1'000ms / times), said) ? 1 : 0;
    return count;
  }
};

}  // namespace

TEST_CASE("who guesses keys gets so many lines a second, and then one that says how many were left out") {
  Log log;
  CHECK(log.written(500, "invalid_api_key", noon) == 20);
  CHECK(log.said.empty());
  CHECK(log.written(7, "invalid_api_key", noon + 1s) == 7);
  CHECK(log.said ==
        "{\"time\":\"2026-01-01T12:00:00.000Z\",\"ending\":\"refused\",\"error\":\"invalid_api_key\","
        "\"left_out\":480}\n");
}

TEST_CASE("one cause takes no lines from another") {
  Log log;
  CHECK(log.written(500, "invalid_api_key", noon) == 20);
  CHECK(log.written(5, "model_not_found", noon) == 5);
}

TEST_CASE("what was left out is told when its second is over, whether or not anybody comes") {
  Log log;
  log.written(30, "invalid_api_key", noon);
  log.lines.tell(noon + 999ms, log.said);
  CHECK(log.said.empty());
  log.lines.tell(noon + 1s, log.said);
  CHECK(log.said.find("\"left_out\":10}") != std::string::npos);
  log.said.clear();
  log.lines.tell(noon + 2s, log.said);
  CHECK(log.said.empty());
}

TEST_CASE("a request that a host was asked for always has its line, and so has one that was not refused") {
  Log log;
  for (int i = 0; i < 100; ++i) {
    gateway::Record failed = refused("upstream_error", noon);
    failed.attempts.emplace_back();
    CHECK(log.lines.admit(failed, log.said));
    gateway::Record left = refused("client_left", noon);
    left.ending = gateway::Ending::client_left;
    CHECK(log.lines.admit(left, log.said));
  }
}

TEST_CASE("records a little out of order count to the newest second; a clock that was set back begins anew") {
  Log log;
  CHECK(log.written(20, "invalid_api_key", noon) == 20);
  CHECK(log.written(20, "invalid_api_key", noon - 1s) == 0);
  CHECK(log.written(20, "invalid_api_key", noon - 1h) == 20);
  CHECK(log.said.find("\"left_out\":20}") != std::string::npos);
}

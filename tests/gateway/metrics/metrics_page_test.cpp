#include "gateway/metrics/metrics_page.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>

#include "gateway/metrics/metrics.hpp"
#include "gateway/observe/log_fields.hpp"
#include "gateway/observe/log_line.hpp"
#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;

namespace {

const std::string file = SOURCE_DIR "/deploy/metrics.md";

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

gateway::Metrics metrics() {
  return {"0.1.0", tests::catalogue_of(tests::three_hosts())};
}

// A record with everything that a line may say.
gateway::Record told() {
  auto record = tests::answered(tests::catalogue_of(tests::three_hosts()), 1);
  record.asked = "r1", record.team = "search", record.client = "127.0.0.1", record.error = "code",
  record.said = "no";
  record.relaxed = 1, record.client_retry = 1, record.repeats = 1, record.retry_refused = true;
  record.priority = config::Priority::batch, record.shed = gateway::Shed::too_late;
  record.waited = 5ms;
  record.limit_hit = gateway::LimitHit{.measure = config::Measure::tokens};
  record.foreseen = {{.cost = 1, .dollars = 1, .first_delta = 1, .ttft = 1, .least_cost = 1}};
  record.hindsight = routing::Hindsight{.best = 0, .others = 1, .chosen_cost = 2, .best_cost = 1, .sd = 1};
  record.left_out.by[static_cast<std::size_t>(routing::Removal::policy_allow)] = 1;
  record.left_out.most_by = routing::Removal::policy_allow;
  record.left_out.rule = 0;
  auto rules = std::make_shared<routing::Policy>();
  rules->allow.emplace_back().text = "context >= 1";
  record.rules = rules;
  routing::Attempt& attempt = record.attempts[0];
  attempt.first_visible = 500ms;
  attempt.usage->cache_written = attempt.usage->cache_written_1h = {1};
  attempt.usage_is_estimated = true;
  attempt.failure = routing::Failure{
      .kind = routing::FailureKind::tls, .status = 500, .tls = routing::TlsFault::wrong_name};
  return record;
}

std::set<std::string> names_in(const boost::json::object& object) {
  std::set<std::string> names;
  for (const auto& member : object) names.insert(std::string(member.key()));
  return names;
}

std::set<std::string> names_in(std::span<const gateway::LogField> fields) {
  std::set<std::string> names;
  for (const gateway::LogField& field : fields) names.insert(std::string(field.name));
  return names;
}

}  // namespace

TEST_CASE("the page of all metrics and log fields is what the program says") {
  const gateway::Metrics all = metrics();
  const std::string page = gateway::metrics_page(all.families());
  if (std::getenv("ISOCOST_WRITE_METRICS")) std::ofstream(file, std::ios::binary) << page;
  INFO("write it anew with ISOCOST_WRITE_METRICS=1 build/dev/tests/gateway_tests");
  CHECK(text_of(file) == page);
}

TEST_CASE("every field of a line of the log is in the list, and no other") {
  std::string line;
  gateway::append_log_line(told(), line);
  const boost::json::object said = boost::json::parse(line).as_object();
  CHECK(names_in(said) == names_in(gateway::request_log_fields()));
  CHECK(names_in(said.at("attempts").as_array()[0].as_object()) == names_in(gateway::attempt_log_fields()));
}

TEST_CASE("all families together cannot have more than twenty thousand series") {
  const gateway::Metrics all = metrics();
  std::size_t sum = 0;
  for (const gateway::FamilyFacts& family : all.families()) {
    CAPTURE(family.name);
    CHECK(family.help.ends_with('.'));
    CHECK(family.most_series > 0);
    sum += family.most_series;
  }
  // And there is room for some more.
  MESSAGE("all families together: " << sum << " series");
  CHECK(sum + 600 <= 20'000);
}

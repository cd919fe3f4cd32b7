#include "gateway/metrics/metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;

namespace {

struct World {
  std::shared_ptr<const routing::Catalogue> catalogue = tests::catalogue_of(tests::three_hosts(), 3);
  gateway::Metrics metrics{"0.1.0", catalogue};

  bool says(const std::string& line) const { return metrics.text().find(line + "\n") != std::string::npos; }
};

// Series of each family, buckets counted, by the family's name.
std::map<std::string, int> series(const std::string& text) {
  std::map<std::string, int> counts;
  std::string family, line;
  for (std::istringstream lines(text); std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) family = line.substr(7, line.find(' ', 7) - 7);
    if (!line.starts_with('#')) ++counts[family];
  }
  return counts;
}

// A configuration of `count` models with one endpoint each.
config::Settings many_models(std::size_t count) {
  config::Settings settings;
  settings.providers = {tests::host("p", "")};
  for (std::size_t i = 0; i < count; ++i) {
    config::ModelSettings model;
    model.name = {"model-" + std::to_string(i)};
    model.endpoints = {tests::at("endpoint-" + std::to_string(i), 0, 1, 2, 1000)};
    settings.models.push_back(model);
  }
  return settings;
}

gateway::Record refused(std::string code, int status) {
  gateway::Record record;
  record.path = "/v1/chat/completions";
  record.status = status;
  record.error = std::move(code);
  return record;
}

}  // namespace

TEST_CASE("an answered request is counted by path, model, status and ending") {
  World world;
  world.metrics.record(tests::answered(world.catalogue, 1));
  world.metrics.record(tests::answered(world.catalogue, 1));
  CHECK(world.says(
      R"(isocost_requests_total{ending="answered",model="deepseek/deepseek-r1",path="/v1/chat/completions",status="2xx"} 2)"));
  CHECK(world.says("isocost_received_bytes_total 1024"));
  CHECK(world.says("isocost_sent_bytes_total 18000"));
  CHECK(world.says(R"(isocost_picks_total{reason="best"} 2)"));
  CHECK(world.says(R"(isocost_decision_duration_seconds_bucket{le="5e-06"} 2)"));
  CHECK(world.says(R"(isocost_added_latency_seconds_bucket{le="0.0002"} 2)"));
}

TEST_CASE("an attempt shows in its endpoint's times, tokens and dollars") {
  World world;
  world.metrics.record(tests::answered(world.catalogue, 1));
  const std::string of = R"({endpoint="azure",model="deepseek/deepseek-r1")";
  CHECK(world.says("isocost_attempts_total" + of + R"(,outcome="success"} 1)"));
  CHECK(world.says("isocost_endpoint_first_token_seconds_bucket" + of + R"(,le="0.25"} 0)"));
  CHECK(world.says("isocost_endpoint_first_token_seconds_bucket" + of + R"(,le="0.5"} 1)"));
  CHECK(world.says("isocost_attempt_seconds_total" + of + "} 3.42"));
  CHECK(world.says("isocost_output_seconds_total" + of + "} 3"));
  const std::string model = R"({model="deepseek/deepseek-r1")";
  CHECK(world.says("isocost_time_to_first_token_seconds_bucket" + model + R"(,le="0.4"} 0)"));
  CHECK(world.says("isocost_time_to_first_token_seconds_bucket" + model + R"(,le="0.6"} 1)"));
  CHECK(world.says("isocost_attempt_duration_seconds_sum" + model + "} 3.42"));
  CHECK(world.says("isocost_time_per_output_token_seconds_sum" + model + "} 0.03"));
  CHECK(world.says("isocost_inter_token_gap_max_seconds_sum" + model + "} 0.09"));
  CHECK(world.says("isocost_tokens_total" + of + R"(,type="prompt"} 118)"));
  CHECK(world.says("isocost_tokens_total" + of + R"(,type="reasoning"} 40)"));
  CHECK(world.says("isocost_spent_dollars_total" + of + "} 0.0012345"));
}

TEST_CASE("a reasoning model that thinks for nine minutes is inside the buckets") {
  World world;
  auto record = tests::answered(world.catalogue, 0);
  record.attempts[0].first_delta = 540s;
  record.attempts[0].finished = 599s;
  world.metrics.record(record);
  const std::string of = R"({model="deepseek/deepseek-r1",le="600"} 1)";
  CHECK(world.says("isocost_time_to_first_token_seconds_bucket" + of));
  CHECK(world.says("isocost_attempt_duration_seconds_bucket" + of));
}

TEST_CASE("what was wrong with a host's TLS is counted by word") {
  World world;
  auto record = tests::answered(world.catalogue, 0);
  record.attempts[0].failure =
      routing::Failure{.kind = routing::FailureKind::tls, .tls = routing::TlsFault::wrong_name};
  world.metrics.record(record);
  CHECK(world.says(R"(isocost_tls_failures_total{fault="wrong_name"} 1)"));
}

TEST_CASE("an answer that was cut off for going on too far is no reply that could not be read") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  routing::Attempt cut;
  cut.generation = record.attempts[0].generation;
  cut.failure = routing::Failure{.kind = routing::FailureKind::bad_reply};
  record.attempts.insert(record.attempts.begin(), cut);
  record.ran_on = 1;
  world.metrics.record(record);
  CHECK(world.says(R"(isocost_fallbacks_total{reason="ran_on"} 1)"));
  const std::string text = world.metrics.text();
  CHECK(text.find(R"(outcome="ran_on"} 1)") != std::string::npos);
  CHECK(text.find("bad_reply") == std::string::npos);
}

TEST_CASE("a fallback is counted by why the first attempt failed, and a last failure is none") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  routing::Attempt failed;
  failed.failure = routing::Failure{.kind = routing::FailureKind::first_token_timeout,
                                    .progress = routing::Progress::request_sent,
                                    .status = 0,
                                    .retry_after = {}};
  record.attempts.insert(record.attempts.begin(), failed);
  world.metrics.record(record);
  auto hopeless = refused("provider_error", 502);
  hopeless.catalogue = world.catalogue;
  hopeless.attempts = {failed};
  world.metrics.record(hopeless);
  CHECK(world.says(R"(isocost_fallbacks_total{reason="first_token_timeout"} 1)"));
  CHECK(world.says(R"(isocost_timeouts_total{phase="first_token"} 2)"));
  CHECK(world.says(
      R"(isocost_attempts_total{endpoint="deepseek",model="deepseek/deepseek-r1",outcome="first_token_timeout"} 2)"));
  CHECK(world.says(R"(isocost_rejected_requests_total{code="provider_error"} 1)"));
}

TEST_CASE("a second request beside a slow host is counted by what became of it, and what the loser cost") {
  World world;
  const auto counted = [&](std::optional<routing::FailureKind> first,
                           std::optional<routing::FailureKind> second,
                           routing::Progress far = routing::Progress::request_sent) {
    auto record = tests::answered(world.catalogue, 1);
    record.demand.model = world.catalogue->find("deepseek-r1");
    record.attempts.insert(record.attempts.begin(), record.attempts.front());
    record.attempts.back().reason = routing::Reason::hedge;
    const auto fail = [&](routing::Attempt& attempt, std::optional<routing::FailureKind> kind) {
      if (kind) attempt.failure = routing::Failure{.kind = *kind, .progress = far};
      attempt.cost = {250'000'000};
    };
    fail(record.attempts[0], first);
    fail(record.attempts[1], second);
    world.metrics.record(record);
  };
  constexpr auto outrun = routing::FailureKind::outrun;
  counted(outrun, {});
  counted(outrun, {});
  counted({}, outrun);
  counted(routing::FailureKind::server_error, routing::FailureKind::server_error);
  counted(outrun, routing::FailureKind::broken_stream, routing::Progress::client_has_bytes);
  constexpr auto left = routing::FailureKind::client_left;
  counted(left, left);
  counted(outrun, left, routing::Progress::client_has_bytes);
  CHECK(world.says(R"(isocost_hedges_total{outcome="won"} 4)"));
  CHECK(world.says(R"(isocost_hedges_total{outcome="client_left"} 1)"));
  CHECK(world.says(R"(isocost_hedges_total{outcome="lost"} 1)"));
  CHECK(world.says(R"(isocost_hedges_total{outcome="failed"} 1)"));
  CHECK(world.says(R"(isocost_side_spent_dollars_total{on="hedge"} 1.25)"));
  CHECK(world.says(R"(isocost_side_spent_dollars_total{on="failure"} 0.75)"));
  counted({}, routing::FailureKind::client_left);
  CHECK(world.says(R"(isocost_side_spent_dollars_total{on="failure"} 0.75)"));
  CHECK(world.says(R"(isocost_picks_total{reason="hedge"} 8)"));
  CHECK(world.metrics.text().find(R"(isocost_fallbacks_total{reason="outrun"})") == std::string::npos);
}

TEST_CASE("attempts that the budget of retries paid for, and those it did not, are counted") {
  World world;
  gateway::Record record = tests::answered(world.catalogue, 1);
  record.retries_paid = 2;
  world.metrics.record(record);
  record.retries_paid = 0;
  record.retry_refused = true;
  world.metrics.record(record);
  CHECK(world.says("isocost_budgeted_retries_total{outcome=\"paid\"} 2"));
  CHECK(world.says("isocost_budgeted_retries_total{outcome=\"refused\"} 1"));
}

TEST_CASE("a client that leaves is counted by how far its request was") {
  struct Case {
    bool attempted;
    std::uint64_t bytes_out;
    const char* phase;
  };
  for (const Case& c :
       {Case{false, 0, "before_attempt"}, Case{true, 0, "waiting"}, Case{true, 10, "streaming"}}) {
    World world;
    auto record = tests::answered(world.catalogue, 1);
    record.ending = gateway::Ending::client_left;
    record.bytes_out = c.bytes_out;
    if (!c.attempted) record.attempts.clear();
    world.metrics.record(record);
    CHECK(world.says(std::string(R"(isocost_client_aborts_total{phase=")") + c.phase + R"("} 1)"));
  }
}

TEST_CASE("a model that nobody configured is `unknown`, and its name is nowhere") {
  World world;
  auto record = refused("model_not_found", 404);
  record.model = "made-up-by-a-client";
  world.metrics.record(record);
  CHECK(world.says(
      R"(isocost_requests_total{ending="refused",model="unknown",path="/v1/chat/completions",status="4xx"} 1)"));
  CHECK(world.metrics.text().find("made-up") == std::string::npos);
}

TEST_CASE("an alias is counted under its model's name") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.model = "deepseek-r1";
  world.metrics.record(record);
  CHECK(world.metrics.text().find(R"(model="deepseek-r1")") == std::string::npos);
  CHECK(world.says(
      R"(isocost_requests_total{ending="answered",model="deepseek/deepseek-r1",path="/v1/chat/completions",status="2xx"} 1)"));
}

TEST_CASE("no family grows beyond its bound, whatever is configured and whatever clients do") {
  const auto catalogue = tests::catalogue_of(many_models(1'500));
  gateway::Metrics metrics("0.1.0", catalogue);
  routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  const routing::InFlight in_flight(catalogue->endpoints().size());
  for (routing::EndpointIndex i = 0; i < 1'500; ++i) {
    auto record = tests::answered(catalogue, i);
    record.model = "model-" + std::to_string(i);
    record.policy = "policy-" + std::to_string(i);
    record.demand.model = catalogue->find(record.model);
    record.path = "/" + std::to_string(i);
    record.left_out.by[3] = 1, record.left_out.most_by = routing::Removal::context;
    record.hindsight = routing::Hindsight{.chosen_cost = 2, .best_cost = 1};
    metrics.record(record);
    metrics.record(refused("code-" + std::to_string(i), 400));
  }
  metrics.observe(snapshot, in_flight, {});
  const std::string text = metrics.text();
  const auto counts = series(text);
  CHECK(counts.size() > 30);
  std::map<std::string, std::size_t> bounds;
  for (const auto& family : metrics.families()) bounds[family.name] = family.most_series;
  for (const auto& each : counts) {
    CAPTURE(each.first);
    CHECK(each.second <= static_cast<int>(bounds.at(each.first)));
  }
  CHECK(text.find(R"(isocost_spent_dollars_total{endpoint="other",model="other"} 1.6)") != std::string::npos);
  CHECK(text.find(R"(policy="other")") != std::string::npos);
}

TEST_CASE("an endpoint has thirty series at most, whatever goes wrong there") {
  World world;
  for (std::size_t kind = 0; kind < routing::failure_kinds; ++kind) {
    auto record = tests::answered(world.catalogue, 1);
    record.attempts[0].usage->cache_written = {3};
    world.metrics.record(record);
    record.attempts[0].failure = routing::Failure{.kind = static_cast<routing::FailureKind>(kind)};
    world.metrics.record(record);
  }
  world.metrics.observe(tests::snapshot_of(world.catalogue), routing::InFlight(4), {});
  const std::string text = world.metrics.text();
  int of_azure = 0;
  std::string line;
  for (std::istringstream lines(text); std::getline(lines, line);) {
    of_azure += line.find(R"({endpoint="azure")") != std::string::npos ? 1 : 0;
  }
  CHECK(of_azure == 29);  // and one more once it was drained or demoted
  CHECK(world.says(
      R"(isocost_attempts_total{endpoint="azure",model="deepseek/deepseek-r1",outcome="success"} 21)"));
  CHECK(world.says(
      R"(isocost_attempts_total{endpoint="azure",model="deepseek/deepseek-r1",outcome="other"} 18)"));
}

TEST_CASE("two hundred endpoints fit without any being counted as other") {
  const auto catalogue = tests::catalogue_of(many_models(200));
  gateway::Metrics metrics("0.1.0", catalogue);
  for (routing::EndpointIndex i = 0; i < 200; ++i) metrics.record(tests::answered(catalogue, i));
  CHECK(metrics.text().find(R"(endpoint="other")") == std::string::npos);
}

TEST_CASE("of more than two hundred endpoints the busiest get series of their own") {
  const auto catalogue = tests::catalogue_of(many_models(201));
  gateway::Metrics metrics("0.1.0", catalogue);
  const routing::Snapshot snapshot = tests::snapshot_of(catalogue);
  const routing::InFlight in_flight(201);
  for (routing::EndpointIndex i = 0; i < 201; ++i) metrics.record(tests::answered(catalogue, i));
  for (int i = 0; i < 9; ++i) metrics.record(tests::answered(catalogue, 200));
  metrics.observe(snapshot, in_flight, {});
  metrics.record(tests::answered(catalogue, 200));
  metrics.observe(snapshot, in_flight, config::TimePoint(1s));
  const std::string text = metrics.text();
  CHECK(
      text.find(R"(isocost_attempts_total{endpoint="endpoint-200",model="model-200",outcome="success"} 1)") !=
      std::string::npos);
  CHECK(text.find(R"(isocost_attempts_total{endpoint="other",model="other",outcome="success"} 10)") !=
        std::string::npos);
  CHECK(text.find(R"(isocost_endpoint_state{endpoint="other",model="other",state="serving"} 1)") !=
        std::string::npos);
}

TEST_CASE("who was left out is counted by policy, model and why") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.demand.model = world.catalogue->find(record.model);
  record.left_out.by[0] = 1;
  record.left_out.by[static_cast<std::size_t>(routing::Removal::always)] = 2;
  record.left_out.most_by = routing::Removal::always;
  world.metrics.record(record);
  CHECK(world.says(
      R"(isocost_left_out_total{model="deepseek/deepseek-r1",policy="balanced",reason="always"} 2)"));
  CHECK(world.metrics.text().find("isocost_nobody_left_total{") == std::string::npos);
  record.left_out.by[0] = 0;
  world.metrics.record(record);
  CHECK(world.says(R"(isocost_nobody_left_total{model="deepseek/deepseek-r1",policy="balanced"} 1)"));
}

TEST_CASE(
    "what was judged afterwards is summed by policy and model, beside what it was of and how sure it is") {
  World world;
  auto record = tests::answered(world.catalogue, 1);
  record.demand.model = world.catalogue->find(record.model);
  const auto count = [&](double chosen, double best, double sd) {
    record.hindsight =
        routing::Hindsight{.best = 0, .others = 2, .chosen_cost = chosen, .best_cost = best, .sd = sd};
    world.metrics.record(record);
  };
  count(3, 1, 0.5);
  count(1, 2, 0.25);
  count(2, 1.5, 1);
  const std::string of = R"({model="deepseek/deepseek-r1",policy="balanced"})";
  CHECK(world.says("isocost_regret_dollars_total" + of + " 2.5"));
  CHECK(world.says("isocost_regret_sd_dollars_total" + of + " 1.5"));
  CHECK(world.says("isocost_judged_cost_dollars_total" + of + " 6"));
  for (const char* verdict : {"best", "dearer", "unsure"}) {
    CHECK(world.says(
        R"(isocost_judged_requests_total{model="deepseek/deepseek-r1",policy="balanced",verdict=")" +
        std::string(verdict) + R"("} 1)"));
  }
}

TEST_CASE("what is counted of a shadow begins anew where its policy was edited") {
  World world;
  gateway::ShadowStanding standing{.policy = "balanced", .shadow = "cheap", .model = "m"};
  standing.judged = 70, standing.forbidden = 3;
  world.metrics.observe_shadows({standing}, 0);
  const auto series = [](const std::string& outcome, const std::string& count) {
    return R"(isocost_shadow_requests_total{model="m",outcome=")" + outcome +
           R"(",policy="balanced",shadow="cheap"} )" + count;
  };
  CHECK(world.says(series("judged", "70")));
  CHECK(world.says(series("forbidden", "3")));
  standing.judged = 75;
  world.metrics.observe_shadows({standing}, 0);
  CHECK(world.says(series("judged", "75")));
  standing.judged = 2, standing.forbidden = 0;
  world.metrics.observe_shadows({standing}, 0);
  CHECK(world.says(series("judged", "2")));
  CHECK(world.metrics.text().find(R"(outcome="forbidden",policy="balanced")") == std::string::npos);
}

TEST_CASE("no difference is told of a shadow that may not be acted upon, so that no alert offers it") {
  World world;
  using Verdict = gateway::ShadowStanding::Verdict;
  gateway::ShadowStanding standing{.policy = "balanced", .shadow = "cheap", .model = "m"};
  standing.judged = 500, standing.cost = standing.dollars = standing.seconds = {-0.2, -0.3, -0.1};
  const auto is_told_as = [&](Verdict verdict) {
    standing.verdict = verdict;
    world.metrics.observe_shadows({standing}, 0);
    return world.metrics.text().find("isocost_shadow_difference{") != std::string::npos;
  };
  CHECK(is_told_as(Verdict::better));
  CHECK_FALSE(is_told_as(Verdict::unmeasured));
  CHECK_FALSE(is_told_as(Verdict::forbidden));
  CHECK_FALSE(is_told_as(Verdict::unserved));
  CHECK(is_told_as(Verdict::unsure));
}

TEST_CASE("a reload keeps the numbers of endpoints that stay and ends the series of those that go") {
  World world;
  const auto before = tests::answered(world.catalogue, 1);  // azure
  world.metrics.record(before);
  world.metrics.record(tests::answered(world.catalogue, 0));  // deepseek
  config::Settings settings = tests::three_hosts();
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin());  // deepseek goes, azure is now 0
  const auto after = tests::catalogue_of(std::move(settings), 4);
  world.metrics.adopt(after);
  world.metrics.record(before);  // a request that began before the reload
  world.metrics.record(tests::answered(after, 0));
  CHECK(world.says(
      R"(isocost_attempts_total{endpoint="azure",model="deepseek/deepseek-r1",outcome="success"} 3)"));
  CHECK(world.metrics.text().find(R"(endpoint="deepseek")") == std::string::npos);
  CHECK(world.says("isocost_config_generation 4"));
}

TEST_CASE("the gauges say what is under way, how old the snapshot is and what the process takes") {
  World world;
  routing::Snapshot snapshot = tests::snapshot_of(world.catalogue);
  snapshot.taken = config::TimePoint(10s);
  routing::InFlight in_flight(snapshot.endpoints.size());
  in_flight.counter(1).store(3);
  world.metrics.observe(snapshot, in_flight, config::TimePoint(10'250ms));
  world.metrics.observe_connections(17);
  const std::string of = R"({endpoint="azure",model="deepseek/deepseek-r1")";
  CHECK(world.says("isocost_attempts_in_flight" + of + "} 3"));
  CHECK(world.says("isocost_endpoint_state" + of + R"(,state="serving"} 1)"));
  CHECK(world.says("isocost_endpoint_state" + of + R"(,state="open"} 0)"));
  CHECK(world.says("isocost_snapshot_age_seconds 0.25"));
  CHECK(world.says("isocost_snapshot_version 7"));
  CHECK(world.says("isocost_client_connections 17"));
  CHECK(world.says(R"(isocost_build_info{version="0.1.0"} 1)"));
  CHECK(!world.says("process_resident_memory_bytes 0"));
  CHECK(!world.says("process_open_fds 0"));
  CHECK(!world.says("process_start_time_seconds 0"));
}

TEST_CASE("what happens outside of requests is counted, and is there as zero before it happens") {
  World world;
  CHECK(world.says("isocost_escaped_exceptions_total 0"));
  world.metrics.count(gateway::Event::escaped_exception);
  world.metrics.count(gateway::Event::log_line_lost, 5);
  world.metrics.count(gateway::Event::header_timeout);
  world.metrics.count(gateway::Event::reload_failed);
  CHECK(world.says("isocost_escaped_exceptions_total 1"));
  CHECK(world.says("isocost_lost_log_lines_total 5"));
  CHECK(world.says(R"(isocost_timeouts_total{phase="client_header"} 1)"));
  CHECK(world.says(R"(isocost_config_reloads_total{result="failure"} 1)"));
}

TEST_CASE("neither keys nor credentials nor request ids are in the metrics") {
  World world;
  world.metrics.record(tests::answered(world.catalogue, 1));
  const std::string text = world.metrics.text();
  for (const char* secret : {tests::planted_secret, "req-1", "\"app\"", "their-own-name"}) {
    CHECK(text.find(secret) == std::string::npos);
  }
}

TEST_CASE("requests are counted by team, by team and key, or by nobody, as the configuration says") {
  const auto counted = [](config::Tenants by) {
    config::Settings settings = tests::three_hosts();
    settings.metrics.tenants = by;
    const auto catalogue = tests::catalogue_of(std::move(settings), 3);
    gateway::Metrics metrics("0.1.0", catalogue);
    gateway::Record record = tests::answered(catalogue, 1);
    record.team = "search";
    record.charged = config::Money{500};
    metrics.record(record);
    return metrics.text();
  };
  const auto has = [](const std::string& text, const std::string& line) {
    return text.find(line + "\n") != std::string::npos;
  };
  const std::string by_team = counted(config::Tenants::team), by_key = counted(config::Tenants::key);
  CHECK(has(by_team, "isocost_tenant_requests_total{key=\"\",team=\"search\"} 1"));
  CHECK(has(by_team, "isocost_tenant_prompt_tokens_total{key=\"\",team=\"search\"} 118"));
  CHECK(has(by_team, "isocost_tenant_output_tokens_total{key=\"\",team=\"search\"} 101"));
  CHECK(has(by_key, "isocost_tenant_requests_total{key=\"app\",team=\"search\"} 1"));
  CHECK(counted(config::Tenants::none).find("isocost_tenant_requests_total{") == std::string::npos);
}

TEST_CASE("beyond some hundred tenants all others are one") {
  World world;
  for (int i = 0; i < 1'500; ++i) {
    gateway::Record record = tests::answered(world.catalogue, 1);
    record.team = "team-" + std::to_string(i);
    world.metrics.record(record);
  }
  const auto counts = series(world.metrics.text());
  CHECK(counts.at("isocost_tenant_requests_total") <= 330);
  CHECK(counts.at("isocost_tenant_requests_total") > 300);
  CHECK(world.says("isocost_tenant_requests_total{key=\"\",team=\"other\"} 1180"));
}

TEST_CASE("limits that keep requests out are counted by what they are") {
  World world;
  gateway::Record record = tests::answered(world.catalogue, 1);
  record.limit_hit = gateway::LimitHit{
      .of = gateway::LimitHit::Of::team, .measure = config::Measure::dollars, .period = config::Period::day};
  world.metrics.record(record);
  record.limit_hit = gateway::LimitHit{.of = gateway::LimitHit::Of::key, .let_in = true};
  world.metrics.record(record);
  CHECK(world.says("isocost_limits_hit_total{limit=\"dollars_day\",of=\"team\",outcome=\"refused\"} 1"));
  CHECK(world.says("isocost_limits_hit_total{limit=\"concurrent\",of=\"key\",outcome=\"waited\"} 1"));
}

TEST_CASE(
    "of what is noted of an endpoint's answers the surest is told while it is, and what canaries cost") {
  World world;
  routing::Snapshot snapshot = tests::snapshot_of(world.catalogue);
  auto evidence =
      std::make_shared<std::vector<routing::QualityEvidence>>(world.catalogue->endpoints().size());
  const auto at = [&](routing::Check check) -> routing::CheckEvidence& {
    return (*evidence)[1].checks[static_cast<std::size_t>(check)];
  };
  at(routing::Check::canary_count) = {.regard = routing::Regard::noted, .evidence = 30'000};
  at(routing::Check::json) = {.regard = routing::Regard::noted, .evidence = 20'000};
  at(routing::Check::content) = {.regard = routing::Regard::usual, .evidence = 90'000};
  snapshot.evidence = evidence;
  world.metrics.observe(snapshot, routing::InFlight(4), {});
  const routing::Endpoint& endpoint = world.catalogue->endpoints()[1];
  const std::string of = R"(isocost_quality_evidence{check="canary_count",endpoint=")" +
                         endpoint.settings->name.text + R"(",model=")" + endpoint.model->name.text +
                         R"("} 30000)";
  CHECK(world.says(of));
  CHECK(world.metrics.text().find(R"(check="json",endpoint)") == std::string::npos);
  at(routing::Check::canary_count).regard = at(routing::Check::json).regard = routing::Regard::usual;
  world.metrics.observe(snapshot, routing::InFlight(4), {});
  CHECK(world.metrics.text().find("isocost_quality_evidence{") == std::string::npos);

  world.metrics.observe_canary(true, 0.25, 0.5, config::TimePoint(1h));
  world.metrics.observe_canary(false, 0, 0.125, config::TimePoint(61min));
  CHECK(world.says("isocost_canary_spent_dollars_total 0.25"));
  CHECK(world.says(R"(isocost_canaries_total{outcome="failed"} 1)"));
  CHECK(world.says("isocost_canary_budget_used_ratio 0.5"));
  world.metrics.observe_canary(true, 0, 0.125, config::TimePoint(3h));
  CHECK(world.says("isocost_canary_budget_used_ratio 0.125"));
}

#include "gateway/replay/replay_policy.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <sstream>

#include "gateway/replay/replay_command.hpp"
#include "gateway/replay/replay_measures.hpp"
#include "gateway/replay/replay_page.hpp"
#include "tests/support/close.hpp"
#include "tests/support/recorded_world.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace gateway;
using support::RecordedWorld;
using support::ScratchDirectory;

namespace {

// Alike enough in price for OpenRouter's draw to reach all of them.
std::vector<support::Host> fleet() {
  return {{.name = "cheap", .input_price = 0.5, .output_price = 2, .ttft = 2.5, .rate = 30},
          {.name = "usual", .input_price = 0.6, .output_price = 2.4, .ttft = 1},
          {.name = "fast", .input_price = 0.8, .output_price = 3, .ttft = 0.3, .rate = 150, .failing = 0.05},
          {.name = "slow", .input_price = 0.9, .output_price = 3.2, .ttft = 4, .rate = 40}};
}

routing::Policy shipped(const std::string& name) {
  config::Problems problems;
  const routing::PolicySet set = routing::compile(support::settings_of(fleet()), problems);
  REQUIRE(set.find(name));
  return *set.find(name);
}

void record(const std::string& path, const std::string& policy, int requests, std::uint64_t seed = 1,
            const std::vector<support::Host>& hosts = fleet()) {
  std::filesystem::remove(path);
  RecordWriter writer(path, {});
  RecordedWorld world(hosts, writer, seed);
  // Every host is known before anything is recorded: what is compared are policies, not beginnings.
  world.world.policy = shipped("openrouter");
  world.world.ask_often(150);
  world.world.policy = shipped(policy);
  world.world.policy.explore = 0;  // what is left in the purse is not part of a policy
  world.world.purse = {};
  world.ask(requests);
}

PolicyReplay replayed(const std::string& path, const std::string& policy) {
  auto opened = RecordReader::open(path);
  REQUIRE(std::holds_alternative<std::unique_ptr<RecordReader>>(opened));
  ReplayPolicies others;
  return replay_under(*std::get<std::unique_ptr<RecordReader>>(opened), policy, others);
}

double share_of(const PolicyReplay& replay, const std::string& endpoint) {
  for (const ShareEstimate& share : replay.shares) {
    if (share.endpoint == endpoint) return share.under_new.mean;
  }
  return 0;
}

struct Ran {
  int status = 0;
  std::string out, errors;
};

Ran run(const ReplayOptions& options) {
  std::ostringstream out, errors;
  const int status = replay(options, out, errors);
  return {status, out.str(), errors.str()};
}

ReplayOptions from(const std::string& file) {
  ReplayOptions options;
  options.from = file;
  return options;
}

}  // namespace

TEST_CASE("under the recorded policy the estimates are what was recorded") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), "openrouter", 600);
  const PolicyReplay replay = replayed(directory.file("records.db"), "openrouter");
  CHECK(replay.requests == 600);
  CHECK(replay.left_out.empty());
  CHECK(replay.support.covered == support::close(1));
  CHECK(replay.support.effective == support::close(600));
  for (const MeasureEstimate& measure : replay.measures) {
    INFO(measure.name);
    CHECK(measure.estimate.weighted.mean == support::close(measure.estimate.logged.mean));
    CHECK(measure.estimate.robust.low <= measure.estimate.logged.high);
    CHECK(measure.estimate.robust.high >= measure.estimate.logged.low);
  }
}

TEST_CASE("intervals from real decisions hold what the new policy does in the same world") {
  const ScratchDirectory directory;
  // What happens under the new policy, from a run long enough to be taken for the truth.
  record(directory.file("truth.db"), "balanced", 6'000, 77);
  const PolicyReplay truth = replayed(directory.file("truth.db"), "balanced");
  constexpr int trials = 200;
  std::array<int, 2> held{};
  for (std::uint64_t trial = 1; trial <= trials; ++trial) {
    record(directory.file("records.db"), "openrouter", 300, trial);
    const PolicyReplay replay = replayed(directory.file("records.db"), "balanced");
    for (std::size_t m = 0; m < held.size(); ++m) {
      const routing::Interval& robust = replay.measures[m].estimate.robust;
      const double right = truth.measures[m].estimate.logged.mean;
      held[m] += robust.low <= right && right <= robust.high ? 1 : 0;
    }
  }
  CHECK(held[0] >= trials * 9 / 10);
  CHECK(held[1] >= trials * 9 / 10);
}

TEST_CASE("a policy that chooses what was never chosen gets a warning and its status") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  record(file, "cheapest", 400);
  ReplayOptions options = from(file);
  options.policy = "fastest";
  const Ran ran = run(options);
  CHECK(ran.status == 2);
  CHECK(ran.out.find("warning: ") != std::string::npos);
  CHECK(ran.out.find("only the model's word") != std::string::npos);
  CHECK(share_of(replayed(file, "fastest"), "cheap") < 0.1);
}

TEST_CASE("of so little that it might be anything, no interval is said") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  record(file, "cheapest", 12);
  ReplayOptions options = from(file);
  options.policy = "fastest";
  const Ran ran = run(options);
  CHECK(ran.status == 2);
  CHECK(ran.out.find("too few to say") != std::string::npos);
  CHECK(ran.out.find("inf") == std::string::npos);
  CHECK(ran.out.find("(0 .. 100)") == std::string::npos);
}

TEST_CASE("where a policy would send requests to hosts that were forbidden to them, it is not offered") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  config::PolicySettings mine;
  mine.name = {"mine"};
  mine.extends = config::SourceText{.text = "balanced", .place = {}};
  mine.allow = config::SourceText{.text = "provider != \"cheap\"", .place = {}};
  {
    RecordWriter writer(file, {});
    RecordedWorld world(fleet(), writer, 1, {mine});
    config::Problems problems;
    const routing::PolicySet set = routing::compile(support::settings_of(fleet(), {mine}), problems);
    REQUIRE(set.find("mine"));
    world.world.policy = *set.find("mine");
    world.world.policy.explore = 0;
    world.world.purse = {};
    world.ask(300);
  }
  const PolicyReplay under_mine = replayed(file, "mine");
  CHECK(under_mine.requests == 300);
  CHECK(under_mine.forbidden == 0);

  const PolicyReplay cheapest = replayed(file, "cheapest");
  CHECK(cheapest.forbidden == 300);
  CHECK(cheapest.requests == 0);
  ReplayOptions options = from(file);
  options.policy = "cheapest";
  const Ran ran = run(options);
  CHECK(ran.status == 1);
  CHECK(ran.out.find("never: 300 of 300 requests might go to hosts that are forbidden to them") !=
        std::string::npos);
  options.print = ReplayOptions::Print::json;
  CHECK(boost::json::parse(run(options).out).at("forbidden") == 300);
}

TEST_CASE("the new policy may come from another configuration, for the recorded hosts") {
  const ScratchDirectory directory;
  record(directory.file("records.db"), "openrouter", 100);
  std::ofstream(directory.file("new.yaml")) << R"(
providers: {elsewhere: {base_url: "http://127.0.0.1:1/v1"}}
models:
  m: {endpoints: [{provider: elsewhere, host_model: m, context: 32 ktok, price: {input: 0 $/Mtok, output: 0 $/Mtok}}]}
policies: {only-usual: {allow: 'provider == "usual"', extends: balanced}}
)";
  ReplayOptions options = from(directory.file("records.db"));
  options.policy = "only-usual";
  options.config = directory.file("new.yaml");
  options.print = ReplayOptions::Print::json;
  const Ran ran = run(options);
  INFO(ran.errors);
  const auto json = boost::json::parse(ran.out).as_object();
  CHECK(json.at("requests") == 100);
  CHECK(json.at("shares").as_array()[0].at("endpoint") == "usual");
  CHECK(json.at("shares").as_array()[0].at("new").at("mean").to_number<double>() == support::close(1));
}

TEST_CASE("replay tells by its status what its answer is worth") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  CHECK(run(from(file)).status == 1);
  CHECK(run(from(file)).errors.find("there is no such file") != std::string::npos);

  record(file, "balanced", 120);
  const Ran exact = run(from(file));
  CHECK(exact.status == 0);
  CHECK(exact.out.find("came out the same (100 %)") != std::string::npos);

  ReplayOptions unknown = from(file);
  unknown.policy = "bargain";
  CHECK(run(unknown).status == 1);
  CHECK(run(unknown).errors.find("there is no policy \"bargain\"; there are") != std::string::npos);

  Database(file, Database::Mode::write).run("UPDATE packet SET requests = requests + 1 WHERE id = 1");
  const Ran damaged = run(from(file));
  CHECK(damaged.status == 2);
  CHECK(damaged.errors.find("1 requests are damaged") != std::string::npos);

  Database(file, Database::Mode::write).run("DELETE FROM packet; DELETE FROM name");
  CHECK(run(from(file)).errors.find("holds no requests yet") != std::string::npos);
}

TEST_CASE("a request counts in the measures it has a part in") {
  LoggedRequest request;
  request.demand.delivery = routing::Delivery::streamed;
  request.demand.admitted = config::TimePoint(std::chrono::seconds(100));
  routing::Attempt attempt{.dispatched = config::TimePoint(std::chrono::seconds(102))};
  attempt.cost = {2'000'000};
  attempt.failure = routing::Failure{.kind = routing::FailureKind::server_error};
  request.attempts = {attempt};
  request.ending = Ending::refused;
  CHECK(seen(request).failed.value == 1);
  CHECK(seen(request).first_token.of == 0);
  CHECK(seen(request).cost.value == support::close(0.002));

  attempt.failure.reset();
  attempt.first_visible = std::chrono::milliseconds(500);
  attempt.finished = std::chrono::seconds(4);
  request.attempts.push_back(attempt);
  request.ending = Ending::answered;
  CHECK(seen(request).failed.value == 0);
  CHECK(seen(request).first_token.value == support::close(2.5));
  CHECK(seen(request).whole.value == support::close(6));
  CHECK(seen(request).cost.value == support::close(0.004));

  request.demand.delivery = routing::Delivery::whole;
  CHECK(seen(request).first_token.value == support::close(6));

  request.ending = Ending::client_left;
  CHECK(seen(request).first_token.of == 0);
  CHECK(seen(request).failed.value == 0);

  request.ending = Ending::refused;
  request.attempts.back().failure = routing::Failure{.kind = routing::FailureKind::rejected};
  CHECK(seen(request).failed.value == 0);  // it would have been refused anywhere
  CHECK(expected({}, {}, std::nullopt, routing::Delivery::streamed).failed.value == 1);
}

TEST_CASE("a request is expected to fail where all fail whom its policy would ask in turn") {
  routing::Decision decision;
  for (const auto& [endpoint, failure] : {std::pair(4u, 0.5), {2u, 0.2}, {7u, 0.1}, {3u, 0.9}}) {
    routing::Verdict& verdict = decision.verdicts.emplace_back();
    verdict.endpoint = endpoint;
    verdict.prediction.failure = failure;
  }
  decision.verdicts.back().removal = routing::Removal::context;
  decision.order = {1, 0, 2};  // 2 is the best one, then 4 and 7
  routing::Policy policy;
  const auto failing = [&](routing::EndpointIndex first, int attempts) {
    policy.attempts = attempts;
    return expected(decision, policy, first, routing::Delivery::streamed).failed.value;
  };
  CHECK(failing(2, 1) == support::close(0.2));
  CHECK(failing(2, 2) == support::close(0.2 * 0.5));
  CHECK(failing(2, 4) == support::close(0.2 * 0.5 * 0.1));
  CHECK(failing(7, 2) == support::close(0.1 * 0.2));
  CHECK(failing(4, 4) == support::close(0.2 * 0.5 * 0.1));
}

TEST_CASE("a host that often refuses is no failure where others are left, neither recorded nor replayed") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  std::vector<support::Host> hosts = fleet();
  for (support::Host& host : hosts) host.failing = host.name == "cheap" ? 0.4 : 0;
  record(file, "openrouter", 600, 1, hosts);
  for (const char* policy : {"openrouter", "cheapest", "balanced"}) {
    INFO(policy);
    const PolicyReplay replay = replayed(file, policy);
    CHECK(replay.requests == 600);
    const routing::Estimate& failed = replay.measures[3].estimate;
    CHECK(failed.logged.mean == 0);
    CHECK(failed.model.mean < 0.002);
    CHECK(failed.robust.mean < 0.002);
    for (const routing::Interval* each : {&failed.logged, &failed.model, &failed.weighted, &failed.robust}) {
      CHECK(each->low <= each->mean);
      CHECK(each->mean <= each->high);
      CHECK(each->low >= 0);
    }
    // That none of six hundred failed does not say that none ever will.
    CHECK(failed.logged.high == support::close(1 - std::pow(0.025, 1.0 / 600)));
    CHECK(failed.robust.high >= failed.logged.high);
  }
}

TEST_CASE("where many recorded requests cannot be judged, it is said that all else is of the others") {
  const ScratchDirectory directory;
  const std::string file = directory.file("records.db");
  record(file, "openrouter", 400);
  Database(file, Database::Mode::write)
      .run("DELETE FROM snapshot WHERE id < (SELECT max(id) FROM snapshot) / 2");
  const PolicyReplay replay = replayed(file, "openrouter");
  REQUIRE(replay.requests > 0);
  REQUIRE(!replay.left_out.empty());
  const auto is_said = [](const std::string& warning) {
    return warning.find("of the recorded requests could not be judged") != std::string::npos;
  };
  CHECK(std::ranges::any_of(replay.warnings, is_said));
}

TEST_CASE("a policy reads who asks where a rule names the user or a header, not where a word looks like it") {
  const auto reads = [](const std::string& allow) {
    config::Settings settings = support::settings_of(fleet());
    config::PolicySettings policy;
    policy.name = {"own"};
    policy.allow = config::SourceText{.text = allow, .place = {}};
    settings.policies.push_back(policy);
    settings.models[0].endpoints[0].tags = {"superuser", "headers"};
    config::Problems problems;
    const routing::PolicySet set = routing::compile(settings, problems);
    REQUIRE(set.find("own"));
    return may_read_identity(*set.find("own"));
  };
  CHECK(reads("user == \"ann\""));
  CHECK(reads("header(\"x-team\") == \"a\""));
  CHECK(!reads("\"superuser\" in tags or \"headers\" in tags"));
}

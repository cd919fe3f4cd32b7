#include "gateway/control/reload.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "gateway/generation/configuration.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/three_hosts.hpp"

namespace json = boost::json;

namespace {

// A file that goes away with the test.
struct TemporaryFile {
  std::string path;

  TemporaryFile() : path("/tmp/isocost-reload-XXXXXX") {
    const int descriptor = ::mkstemp(path.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
  void write(const std::string& text) const { std::ofstream(path) << text; }
};

struct World {
  explicit World(const std::string& file = {}, config::Settings settings = tests::three_hosts())
      : first(std::make_shared<const gateway::Generation>(tests::catalogue_of(std::move(settings)))),
        reload(
            first, [this] { return next; },
            [this](std::shared_ptr<const gateway::Generation> newest) {
              adopted = std::move(newest);
              return unmet;
            },
            [this](const std::string& line) { said += line + "\n"; }, metrics, file,
            [this] { return wall; }) {}

  bool counted(const std::string& line) const { return metrics.text().find(line) != std::string::npos; }

  std::shared_ptr<const gateway::Generation> first;
  gateway::Metrics metrics{"1.0", first->catalogue};
  config::Loaded next;
  config::Problems unmet;
  std::shared_ptr<const gateway::Generation> adopted;
  std::string said;
  config::WallTime wall{std::chrono::hours(24 * 365 * 50)};
  gateway::Reload reload;
};

config::Problem mistake() {
  return {.place = {"isocost.yaml", 7, 3},
          .path = "models.x",
          .message = "is no model",
          .suggestion = {},
          .excerpt = {}};
}

}  // namespace

TEST_CASE("a good configuration becomes the next generation, with its policies") {
  World world;
  world.next.settings = tests::three_hosts();
  world.next.settings->policies = {support::policy_named("own")};
  const gateway::Reloaded reloaded = world.reload.now();
  CHECK(reloaded.status == 200);
  REQUIRE(world.adopted);
  CHECK(world.adopted->catalogue->generation() == 2);
  CHECK(world.adopted->policies.find("own") != nullptr);
  const json::value page = json::parse(reloaded.body);
  CHECK(page.at("result").as_string() == "reloaded");
  CHECK(page.at("generation").to_number<int>() == 2);
  CHECK(page.at("warnings").as_array().empty());
  CHECK(world.said == "isocost: reloaded; generation 2 is in use\n");
  CHECK(world.reload.now().status == 200);
  CHECK(world.adopted->catalogue->generation() == 3);
}

TEST_CASE("a configuration with an error leaves the last good one in use, and says why") {
  World world;
  world.next.problems = {mistake()};
  const gateway::Reloaded reloaded = world.reload.now();
  CHECK(reloaded.status == 400);
  CHECK_FALSE(world.adopted);
  const json::value page = json::parse(reloaded.body);
  CHECK(page.at("error").at("code").as_string() == "invalid_configuration");
  CHECK(page.at("error").at("message").as_string() ==
        "The configuration was not reloaded: 1 error. Generation 1 stays in use.");
  CHECK(page.at("problems").as_array().size() == 1);
  CHECK(page.at("problems").as_array()[0].as_string() == config::to_text(mistake()));
  CHECK(world.said.starts_with(config::to_text(mistake())));

  world.next = {.settings = tests::three_hosts(), .problems = {}};
  CHECK(world.reload.now().status == 200);
  CHECK(world.adopted->catalogue->generation() == 2);
}

TEST_CASE("reloads that succeed and those that fail are counted") {
  World world;
  world.next.problems = {mistake()};
  world.reload.now();
  world.next = {.settings = tests::three_hosts(), .problems = {}};
  world.reload.now();
  world.reload.now();
  const std::string text = world.metrics.text();
  CAPTURE(text);
  CHECK(world.counted("isocost_config_reloads_total{result=\"success\"} 2"));
  CHECK(world.counted("isocost_config_reloads_total{result=\"failure\"} 1"));
}

TEST_CASE("what only a restart can change is said") {
  World world;
  world.next.settings = tests::three_hosts();
  world.next.settings->listen.port = 9;
  world.next.settings->workers = 3;
  const json::value page = json::parse(world.reload.now().body);
  REQUIRE(page.at("warnings").as_array().size() == 2);
  CHECK(world.said.find("listen: was changed, which takes effect at the next start") != std::string::npos);
  CHECK(world.said.find("workers: was changed, which takes effect at the next start") != std::string::npos);
}

TEST_CASE(
    "what gateways tell each other follows a reload: another key, and whether anything is told at all") {
  config::Settings settings = tests::three_hosts();
  settings.redis.url = "redis://127.0.0.1:1";
  World world({}, settings);
  settings.seal_key = config::Secret("another one, which is as long as it must be");
  settings.redis.shares_measurements = false;
  world.next.settings = settings;
  CHECK(json::parse(world.reload.now().body).at("warnings").as_array().empty());
  REQUIRE(world.adopted);
  CHECK(world.adopted->catalogue->settings().seal_key == settings.seal_key);
  settings.redis.user = "another";
  world.next.settings = settings;
  const json::value page = json::parse(world.reload.now().body);
  REQUIRE(page.at("warnings").as_array().size() == 1);
  CHECK(page.at("warnings").as_array()[0].as_string() ==
        "warning: redis: was changed, which takes effect at the next start");
}

TEST_CASE("what a restart is needed for is said by what was started, however often it was loaded since") {
  World world;
  world.next.settings = tests::three_hosts();
  world.next.settings->records.file = "records.db";
  for (int i = 0; i < 2; ++i) {
    const json::value page = json::parse(world.reload.now().body);
    REQUIRE(page.at("warnings").as_array().size() == 1);
    CHECK(page.at("warnings").as_array()[0].as_string() ==
          "warning: records: was changed, which takes effect at the next start");
  }
  world.next.settings = tests::three_hosts();
  CHECK(json::parse(world.reload.now().body).at("warnings").as_array().empty());
}

TEST_CASE(
    "the last key is not taken from a gateway that other machines reach, wherever it shall listen later") {
  config::Settings open = tests::three_hosts();
  open.listen.host = "0.0.0.0";
  config::KeySettings key;
  key.name = {"app"};
  open.keys = {key};
  World world({}, open);
  world.next.settings = tests::three_hosts();  // loopback, and no key: good for a start
  const gateway::Reloaded refused = world.reload.now();
  CHECK(refused.status == 400);
  CHECK_FALSE(world.adopted);
  CHECK(refused.body.find("keys: has no key, but the gateway listens on `0.0.0.0`") != std::string::npos);
  world.next.settings->keys = {key};
  CHECK(world.reload.now().status == 200);
}

TEST_CASE("nor from one that was given a socket which other machines reach, whatever `listen` says") {
  config::Settings with_key = tests::three_hosts();
  with_key.listen.host = "127.0.0.1";
  with_key.keys.emplace_back().name = {"app"};
  World world({}, with_key);
  world.next.settings = with_key;
  world.next.settings->keys.clear();
  world.reload.listens_at("::");
  const gateway::Reloaded refused = world.reload.now();
  CHECK(refused.status == 400);
  CHECK(refused.body.find("keys: has no key, but the gateway listens on `::`") != std::string::npos);
  world.reload.listens_at("::1");
  CHECK(world.reload.now().status == 200);
}

TEST_CASE("without a file there is nothing to load again") {
  World world;
  gateway::Reload reload(
      world.first, {},
      [](auto) {
        FAIL("adopted");
        return config::Problems();
      },
      [](const std::string&) {}, world.metrics, "");
  const gateway::Reloaded reloaded = reload.now();
  CHECK(reloaded.status == 400);
  CHECK(reloaded.body.find("there is no configuration file to load again") != std::string::npos);
}

TEST_CASE("a file that was written or replaced is loaded again, once, when it stands still") {
  const TemporaryFile file, other;
  file.write("one");
  World world(file.path);
  world.next.settings = tests::three_hosts();
  world.reload.if_changed();
  CHECK_FALSE(world.adopted);
  file.write("other");
  world.reload.if_changed();
  CHECK_FALSE(world.adopted);
  world.reload.if_changed();
  REQUIRE(world.adopted);
  CHECK(world.adopted->catalogue->generation() == 2);
  world.reload.if_changed();
  CHECK(world.adopted->catalogue->generation() == 2);

  other.write("third");
  REQUIRE(std::rename(other.path.c_str(), file.path.c_str()) == 0);
  world.reload.if_changed();
  CHECK(world.adopted->catalogue->generation() == 2);
  world.reload.if_changed();
  CHECK(world.adopted->catalogue->generation() == 3);
  // Between the two steps of an editor it may be away.
  std::remove(file.path.c_str());
  world.reload.if_changed();
  CHECK(world.adopted->catalogue->generation() == 3);
}

TEST_CASE("a file that is still being written is not loaded, however well its beginning reads") {
  const TemporaryFile file;
  file.write("all of it");
  World world(file.path);
  world.next.settings = tests::three_hosts();
  for (const char* half : {"a", "a b", "a b c"}) {
    file.write(half);
    world.reload.if_changed();
    CHECK_FALSE(world.adopted);
  }
  world.reload.if_changed();
  CHECK(world.adopted);
}

TEST_CASE("a file that changes while it is read is read again when it stands still") {
  const TemporaryFile file;
  file.write("one");
  int loads = 0;
  World world;
  gateway::Reload reload(
      world.first,
      [&] {
        if (++loads == 1) file.write("a third");
        return config::Loaded{.settings = tests::three_hosts(), .problems = {}};
      },
      [&](std::shared_ptr<const gateway::Generation> newest) {
        world.adopted = std::move(newest);
        return config::Problems();
      },
      [](const std::string&) {}, world.metrics, file.path);
  file.write("a second");
  reload.if_changed();
  reload.if_changed();
  CHECK(loads == 1);
  CHECK_FALSE(world.adopted);
  reload.if_changed();
  reload.if_changed();
  CHECK(loads == 2);
  CHECK(world.adopted);
  reload.if_changed();
  reload.if_changed();
  CHECK(loads == 2);
}

TEST_CASE(
    "a key's file that was replaced is taken up as the configuration is, and others once they are named") {
  const TemporaryFile file, key, other, later;
  file.write("one");
  key.write("sk-1");
  World world(file.path);
  world.reload.was_read_from({key.path});
  const auto generation_after_looks = [&] {
    world.next.settings = tests::three_hosts();
    for (int looks = 0; looks < 3; ++looks) world.reload.if_changed();
    return world.reload.generation();
  };
  world.next.files = {key.path, later.path};
  CHECK(generation_after_looks() == 1);
  // As Kubernetes and careful tools do it.
  other.write("sk-2");
  REQUIRE(std::rename(other.path.c_str(), key.path.c_str()) == 0);
  CHECK(generation_after_looks() == 2);
  CHECK(generation_after_looks() == 2);
  later.write("sk-3");
  CHECK(generation_after_looks() == 3);
  world.next.files = {};
  file.write("another");
  CHECK(generation_after_looks() == 4);
  key.write("sk-4");
  CHECK(generation_after_looks() == 4);
}

TEST_CASE("while one of the files is being written none is taken up") {
  const TemporaryFile file, key;
  file.write("one");
  key.write("sk-1");
  World world(file.path);
  world.reload.was_read_from({key.path});
  world.next.settings = tests::three_hosts();
  file.write("another");
  for (const char* half : {"sk-2", "sk-22", "sk-222"}) {
    key.write(half);
    world.reload.if_changed();
    CHECK(world.reload.generation() == 1);
  }
  world.reload.if_changed();
  CHECK(world.reload.generation() == 2);
}

TEST_CASE("on demand a file is loaded at once, and not a second time for having changed") {
  const TemporaryFile file;
  file.write("one");
  World world(file.path);
  world.next.settings = tests::three_hosts();
  file.write("other");
  CHECK(world.reload.now().status == 200);
  CHECK(world.adopted->catalogue->generation() == 2);
  for (int i = 0; i < 3; ++i) world.reload.if_changed();
  CHECK(world.adopted->catalogue->generation() == 2);
}

TEST_CASE("a mistake in a policy is one of the configuration's, and what no host can meet is warned of") {
  config::Loaded loaded{.settings = tests::three_hosts(), .problems = {}};
  loaded.settings->policies = {support::policy_named("own")};
  loaded.settings->policies[0].minimize = support::text("price + ttft");
  const config::Loaded refused = gateway::with_policies(loaded);
  CHECK_FALSE(refused.settings);
  REQUIRE(refused.problems.size() == 1);
  CHECK(refused.problems[0].path == "policies.own.minimize");
  CHECK(refused.problems[0].message.find("adds dollars to seconds") != std::string::npos);

  loaded.settings->policies[0].minimize.reset();
  loaded.settings->policies[0].allow = support::text("jurisdiction == JP");
  CHECK(gateway::with_policies(loaded).problems.empty());
  const config::Loaded warned = gateway::with_policies_checked(loaded);
  CHECK(warned.settings.has_value());
  REQUIRE(warned.problems.size() >= 1);
  CHECK(warned.problems[0].severity == config::Severity::warning);
}

TEST_CASE("certificates that no connection could use are a mistake of the configuration") {
  const TemporaryFile file;
  file.write("-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n");
  config::Loaded loaded{.settings = tests::three_hosts(), .problems = {}};
  loaded.settings->providers[0].ca_file = file.path;
  for (const auto& used : {gateway::with_policies(loaded), gateway::with_policies_checked(loaded)}) {
    CHECK_FALSE(used.settings);
    REQUIRE(used.problems.size() == 1);
    CHECK(used.problems[0].path.ends_with(".ca_file"));
    CHECK(used.problems[0].message.find(file.path) != std::string::npos);
  }
}

TEST_CASE("a service account whose key signs nothing is warned of, and other hosts go on") {
  config::Loaded loaded{.settings = tests::three_hosts(), .problems = {}};
  config::GoogleAccess& account = loaded.settings->providers[0].access.google.emplace();
  account.email = "a@b.example";
  account.private_key = config::Secret("-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n");
  for (const auto& used : {gateway::with_policies(loaded), gateway::with_policies_checked(loaded)}) {
    CHECK(used.settings);
    REQUIRE(!used.problems.empty());
    CHECK(used.problems[0].severity == config::Severity::warning);
    CHECK(used.problems[0].path.ends_with(".google.service_account"));
    CHECK(config::to_text(used.problems[0]).find("bm9uZQ") == std::string::npos);
  }
  loaded.settings->providers[0].access.google->is_absent = true;  // it is left out
  CHECK(gateway::with_policies(loaded).problems.empty());
}

TEST_CASE("a rule that cannot be read is one mistake, not one of the file and one of its policies") {
  const config::Loaded loaded = gateway::with_policies(
      config::load("providers: {p: {base_url: https://p.example/v1}}\n"
                   "models: {m: {endpoints: [{provider: p, host_model: m, context: 1 ktok, price: {input: 1 "
                   "$/Mtok, output: 1 $/Mtok}}]}}\n"
                   "rules:\n"
                   "  - policy: batch\n"
                   "  - when: stream\n"
                   "    policy: bach\n"
                   "  - when: ttft > 3 s\n"
                   "    policy: batch\n",
                   "f", {}));
  std::string text;
  for (const config::Problem& problem : loaded.problems) text += config::to_text(problem) + "\n";
  CAPTURE(text);
  REQUIRE(loaded.problems.size() == 3);
  CHECK(text.find("f:4:5: error: rules[0]: the key `when` is missing") != std::string::npos);
  CHECK(text.find("f:6:13: error: rules[1].policy: there is no policy `bach`") != std::string::npos);
  CHECK(text.find("f:7:11: error: rules[2].when: `ttft` is about an endpoint") != std::string::npos);
}

TEST_CASE("a mistake elsewhere in the file does not hide those of its policies") {
  const config::Loaded loaded =
      gateway::with_policies(config::load("listen: nowhere\n"
                                          "providers: {p: {base_url: https://p.example/v1}}\n"
                                          "models: {m: {endpoints: [{provider: q, host_model: m, context: 1 "
                                          "ktok, price: {input: 1 $/Mtok, output: 1 "
                                          "$/Mtok}}]}}\n"
                                          "default_policy: nobodys\n"
                                          "policies:\n"
                                          "  own: {minimize: price + ttft}\n"
                                          "  round: {extends: round}\n",
                                          "f", {}));
  CHECK_FALSE(loaded.settings);
  std::string text;
  for (const config::Problem& problem : loaded.problems) text += config::to_text(problem) + "\n";
  CAPTURE(text);
  REQUIRE(loaded.problems.size() == 5);  // each once
  CHECK(text.find("f:1:9: error: listen: ") != std::string::npos);
  CHECK(text.find("there is no provider `q`") != std::string::npos);
  CHECK(text.find("f:4:17: error: default_policy: there is no policy `nobodys`") != std::string::npos);
  CHECK(text.find("f:6:19: error: policies.own.minimize: `price + ttft` adds dollars to seconds") !=
        std::string::npos);
  CHECK(text.find("f:7:20: error: policies.round.extends: the policy extends itself") != std::string::npos);
}

TEST_CASE("what a probe showed stays over a reload, and ends without one") {
  World world;
  world.next.settings = tests::three_hosts();
  const auto feature = static_cast<std::size_t>(config::Feature::prefill);
  for (config::ModelSettings& model : world.next.settings->models) {
    for (config::EndpointSettings& each : model.endpoints) each.features.reset(feature);
  }
  world.reload.now();
  const auto goes_on = [&] {
    return world.adopted->catalogue->endpoints().front().settings->features.test(feature);
  };
  CHECK_FALSE(goes_on());
  const routing::Endpoint& first = world.adopted->catalogue->endpoints().front();
  world.reload.use_prefills({{{first.model->name.text, first.settings->name.text},
                              {.asked = gateway::asked_there(*first.provider, *first.settings),
                               .goes_on = true,
                               .at = world.wall}}});
  CHECK(goes_on());
  CHECK(world.adopted->prefills.size() == 1);
  world.reload.now();
  CHECK(goes_on());
  const std::uint64_t before = world.reload.generation();
  world.wall += gateway::prefill_is_known_for - std::chrono::seconds(1);
  world.reload.forget_old_prefills();
  CHECK(world.reload.generation() == before);
  world.wall += std::chrono::seconds(1);
  world.reload.forget_old_prefills();
  CHECK_FALSE(goes_on());
  CHECK(world.adopted->prefills.empty());
  world.reload.forget_old_prefills();
  CHECK(world.reload.generation() == before + 1);
}

// What requests owe: one entry each, whatever way they end, and what their quotas let in.
#include <doctest/doctest.h>

#include "gateway/ledger/till.hpp"
#include "gateway/observe/words.hpp"
#include "routing/terms/bill.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Entry;
using gateway::EntryEnd;

namespace {

config::Settings with_budget(std::optional<std::int64_t> nanos) {
  config::Settings settings = three_prices();
  settings.quota.of(config::Measure::dollars)[static_cast<std::size_t>(config::Period::total)] = nanos;
  return settings;
}

// What requests pay to; nothing of it is brought to disk.
struct Counter {
  ScratchDirectory directory;
  gateway::Books books{config::WallTime{}, config::TimePoint{}};
  std::string why;
  std::unique_ptr<gateway::Ledger> ledger = gateway::Ledger::open(
      {.directory = directory.file(""), .settings = {}, .loops = 1}, [](const std::string&) {}, why);
};

struct PayingWorld : Counter, ServedWorld {
  explicit PayingWorld(config::Settings settings = with_budget(1'000'000'000'000))
      : PayingWorld(std::make_shared<const gateway::Generation>(
            tests::catalogue_of(std::move(settings)),
            routing::PolicySet({{.name = {"balanced"}, .explore = 0, .hedge_budget = 0}}, {}, 0))) {}
  explicit PayingWorld(std::shared_ptr<const gateway::Generation> first)
      : ServedWorld(std::move(first)),
        till(books, ledger.get(), 0, loop.timer, [](const std::function<void()>& work) { work(); }) {
    books.adopt(generation->catalogue->settings(), loop.timer.wall(), loop.timer.now());
    services.till = &till;
  }
  std::vector<Entry> entries() {
    ledger->journal(0).unread();
    std::vector<Entry> all;
    ledger->journal(0).read(100, [&](std::uint64_t, std::string_view bytes) {
      REQUIRE(gateway::read_entry(bytes, all.emplace_back()));
    });
    return all;
  }
  std::int64_t charged() {
    const auto limits = books.limits(loop.timer.now(), gateway::Books::Users::included);
    return limits.empty() ? 0 : limits[0].used;
  }
  bool is_at_rest() {
    return books.open_nanos() == 0 && books.open_requests() == 0 && ledger->journal(0).open_count() == 0;
  }

  gateway::Till till;
};

}  // namespace

TEST_CASE("an answer is entered before its client has the last of it") {
  for (const bool is_streamed : {false, true}) {
    CAPTURE(is_streamed);
    PayingWorld world;
    world.script(ServedWorld::cheap, is_streamed ? stream("Hello") : document(whole_answer));
    world.client.holds = true;
    if (is_streamed) {
      world.ask();
      world.advance(1s);
      world.client.release();  // the first piece
      world.client.holds = false;
      world.advance(1s);
    } else {
      world.ask_whole();
      world.advance(1s);
      CHECK(world.client.body.empty());
      CHECK(world.entries().size() == 1);
      world.client.release();
      world.advance(1s);
    }
    REQUIRE(world.ended());
    const auto entries = world.entries();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].end == EntryEnd::answered);
    CHECK(entries[0].id == world.record().id);
    CHECK(entries[0].cost == world.record().attempts[0].cost.nanos);
    CHECK(entries[0].cost == 180);  // 18 tokens at 0.01 $/Mtok
    CHECK(entries[0].attempts[0].source == gateway::CostSource::computed);
    CHECK(world.charged() == 180);
    CHECK(world.is_at_rest());
  }
}

TEST_CASE("attempts that failed stand in the entry of the request that another one answered") {
  PayingWorld world;
  world.script(ServedWorld::cheap, refuses(500));
  world.script(ServedWorld::middle, document(whole_answer));
  world.ask_whole();
  world.advance(10s);
  REQUIRE(world.ended());
  const auto entries = world.entries();
  REQUIRE(entries.size() == 1);
  REQUIRE(entries[0].attempts.size() == 2);
  CHECK(entries[0].attempts[0].failure == "server_error");
  CHECK(entries[0].attempts[0].cost == 0);
  CHECK(entries[0].deciding == 1);
  CHECK(entries[0].cost == 18 * 40'000);
  CHECK(world.charged() == entries[0].charged);
  CHECK(world.is_at_rest());
}

TEST_CASE("a request that nobody answers is entered once, and costs nothing") {
  PayingWorld world;
  for (const auto host : {ServedWorld::cheap, ServedWorld::middle, ServedWorld::dear})
    world.script(host, refuses(500));
  world.ask_whole();
  world.advance(60s);
  REQUIRE(world.ended());
  const auto entries = world.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].end == EntryEnd::refused);
  CHECK(entries[0].charged == 0);
  CHECK(world.is_at_rest());
}

TEST_CASE("a client that leaves is charged what its host bills") {
  PayingWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, role() + says("Hello, world")}, {60s, stop()}}));
  world.ask();
  world.advance(1s);
  world.leave();
  world.advance(1s);
  REQUIRE(world.ended());
  const auto entries = world.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].end == EntryEnd::client_left);
  CHECK(entries[0].attempts[0].source == gateway::CostSource::estimated);
  CHECK(entries[0].charged > 0);
  CHECK(world.charged() == entries[0].charged);
  CHECK(world.is_at_rest());
}

TEST_CASE("a host that does not end where it was asked to is left once what is set aside is spent") {
  PayingWorld world;
  std::vector<Script::Step> script{{{}, role()}};
  for (int i = 0; i < 100; ++i) script.push_back({10ms, says(std::string(100, 'x'))});
  script.push_back({60s, stop()});
  world.script(ServedWorld::cheap, pieces(script));
  world.ask(R"(,"max_tokens":20)");
  world.advance(5s);
  REQUIRE(world.ended());
  CHECK(world.client.body.find("went on far beyond the `max_tokens`") != std::string::npos);
  CHECK(world.client.body.size() < 30'000);
  CHECK(world.record().said == "its answer went on far beyond `max_tokens`");
  CHECK(gateway::failure_of(world.record().attempts, 0, world.record().ran_on) == "ran_on");
  const auto entries = world.entries();
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].end == EntryEnd::broken);
  CHECK(entries[0].attempts.size() == 1);
  CHECK(entries[0].attempts[0].cost < 20'000);  // the whole would be 25,000
  CHECK(world.is_at_rest());
}

TEST_CASE("a cut answer costs no more than the longest one that was asked for") {
  PayingWorld world;
  world.script(ServedWorld::cheap, pieces({{{}, role() + says("Hello, world")}, {60s, stop()}}));
  world.ask(R"(,"max_tokens":20)");
  world.advance(1s);
  world.leave();
  world.advance(1s);
  REQUIRE(world.ended());
  const routing::Attempt& cut = world.record().attempts.at(0);
  const routing::Endpoint& endpoint = world.generation->catalogue->endpoints()[cut.endpoint];
  CHECK(cut.cost == routing::bill(endpoint, {.prompt = world.record().demand.prompt, .output = {20}}));
}

TEST_CASE("a stream that breaks off is entered as broken") {
  PayingWorld world;
  world.script(ServedWorld::cheap,
               pieces({{{}, role() + says("Hello")}, {1s, event(R"({"error":{"message":"no"}})")}}));
  world.ask();
  world.advance(10s);
  REQUIRE(world.ended());
  REQUIRE(world.entries().size() == 1);
  CHECK(world.entries()[0].end == EntryEnd::broken);
  CHECK(world.is_at_rest());
}

TEST_CASE("without money no host is asked, and the client is told whose it was") {
  PayingWorld world(with_budget(0));
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 402);
  CHECK(world.record().error == "budget_exceeded");
  CHECK(world.record().attempts.empty());
  CHECK(world.record().told.starts_with("Everybody together may spend $0.00 in total"));
  CHECK(world.client.body.find("Everybody together may spend $0.00 in total") != std::string::npos);
  CHECK(world.entries().empty());
  CHECK(world.is_at_rest());
}

TEST_CASE("what a budget bears less of is answered shorter, and said") {
  PayingWorld world(with_budget(60'000'000));  // at the dearest, 666 tokens
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole(R"(,"max_tokens":5000)");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.client.has("x-isocost-capped: 6"));
  CHECK(world.charged() == 180);
}

TEST_CASE("a prompt that a host counts longer than we did is charged as it is billed") {
  PayingWorld world;
  world.script(
      ServedWorld::cheap,
      document(
          R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
          R"("usage":{"prompt_tokens":10,"completion_tokens":7}})"));
  world.ask_whole(R"(,"max_tokens":7)");  // the longest answer that there may be
  world.advance(1s);
  REQUIRE(world.ended());
  const std::int64_t billed = world.record().attempts.at(0).cost.nanos;
  CHECK(world.record().demand.prompt.count < 10);
  CHECK(world.charged() == billed);
}

TEST_CASE("a request that is too large by itself is told so, and nothing of what is left") {
  config::Settings settings = with_budget(std::nullopt);
  settings.quota.tokens_per_request = config::Tokens{100};
  PayingWorld world(settings);
  world.ask_whole(R"(,"max_tokens":5000)");
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 429);
  CHECK(world.client.body.find("may use 100 tokens in one request, and this one may take 5") !=
        std::string::npos);
  CHECK_FALSE(world.client.has("x-ratelimit-remaining-tokens"));
  REQUIRE(world.record().limit_hit);
  CHECK(world.record().limit_hit->is_of_one_request);
}

TEST_CASE("requests beyond a number are told when to come again, if there is any use in it") {
  for (const bool is_ever_let_in : {true, false}) {
    CAPTURE(is_ever_let_in);
    config::Settings settings = three_prices();
    settings.quota.of(config::Measure::requests)[static_cast<std::size_t>(config::Period::hour)] =
        is_ever_let_in ? 1 : 0;
    PayingWorld world(settings);
    gateway::Reservation other;
    if (is_ever_let_in) REQUIRE(world.books.reserve({}, world.loop.timer.now(), other) == gateway::Let::in);
    world.ask_whole();
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 429);
    CHECK(world.client.has("x-ratelimit-remaining-requests: 0"));
    CHECK(world.client.has("Retry-After: ") == is_ever_let_in);
    CHECK(world.record().error == "quota_exceeded");
    world.books.settle(other, {}, world.loop.timer.now());
  }
}

TEST_CASE("a request that others are in the way of waits for its turn") {
  config::Settings settings = three_prices();
  settings.quota.concurrent = 1;
  PayingWorld world(settings);
  world.script(ServedWorld::cheap, document(whole_answer));
  gateway::Reservation other;
  REQUIRE(world.books.reserve({}, world.loop.timer.now(), other) == gateway::Let::in);
  world.ask_whole();
  world.advance(1s);
  CHECK_FALSE(world.ended());
  world.books.settle(other, {}, world.loop.timer.now());
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.is_at_rest());
}

TEST_CASE("a request whose turn never comes is told so") {
  config::Settings settings = three_prices();
  settings.quota.concurrent = 1;
  PayingWorld world(settings);
  gateway::Reservation other;
  REQUIRE(world.books.reserve({}, world.loop.timer.now(), other) == gateway::Let::in);
  world.ask_whole();
  world.advance(10s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 429);
  CHECK(world.client.body.find("may have 1 request at the same time, and has it") != std::string::npos);
  world.books.settle(other, {}, world.loop.timer.now());
  CHECK(world.is_at_rest());
}

TEST_CASE(
    "a second host that may not be paid for is not asked, and the hedge is there for the next request") {
  // Of two that cost the same, what is set aside bears one; `all` bears as much as that.
  const auto asked_for_all_of = [](std::int64_t all) {
    config::Settings settings = with_budget(all);
    settings.models[0].endpoints = {tests::at("cheap", 0, 40, 40, 64'000),
                                    tests::at("middle", 1, 41, 41, 64'000)};
    auto world = std::make_unique<PayingWorld>(std::make_shared<const gateway::Generation>(
        tests::catalogue_of(std::move(settings)),
        routing::PolicySet({{.name = {"balanced"}, .value_of_ttft = 1, .explore = 0, .hedge_budget = 0.1}},
                           {}, 0)));
    make_well_known(*world);
    world->script(ServedWorld::cheap,
                  pieces({{12s, role() + says("Hello") + stop() + usage_event() + done}}));
    world->script(ServedWorld::middle,
                  pieces({{30s, role() + says("Hello") + stop() + usage_event() + done}}));
    world->ask(R"(,"max_tokens":5)");
    return world;
  };
  const auto rich = asked_for_all_of(1'000'000'000'000);
  const std::int64_t set_aside = rich->books.open_nanos();
  REQUIRE(set_aside > 0);
  rich->advance(8s);
  CHECK(rich->open() == 2);
  CHECK_FALSE(rich->services.hedges.take());
  rich->advance(1min);
  REQUIRE(rich->ended());

  const auto poor = asked_for_all_of(set_aside + 1);
  poor->advance(8s);
  CHECK(poor->open() == 1);
  poor->advance(1min);
  REQUIRE(poor->ended());
  CHECK(poor->record().attempts.size() == 1);
  CHECK(poor->services.hedges.take());
}

namespace {

// The answer's whole is at most 1,000 tokens: 90 times a thousandth of a cent at the dearest.
constexpr std::int64_t enough_for_cheap = 1'000'000;

config::Settings with_policy(std::int64_t nanos, config::PolicySettings policy) {
  config::Settings settings = with_budget(nanos);
  settings.default_policy = text(policy.name.text);
  policy.hedge_budget = policy.explore = 0;
  settings.policies = {std::move(policy)};
  return settings;
}

PayingWorld world_of(const config::Settings& settings) {
  return PayingWorld(
      std::make_shared<const gateway::Generation>(tests::catalogue_of(settings), compiled_set(settings)));
}

}  // namespace

TEST_CASE("hosts that a request can never be sent to need no money set aside for them") {
  const std::string rule = "provider == \"cheap\"";
  config::PolicySettings plain = policy_named("own"), allows = plain, requires_it = plain, gives_up = plain;
  allows.allow = text(rule);
  requires_it.require = {text(rule), text("ttft < 60 s")};
  gives_up.require = {text(rule), text("failure < 99 %")};
  gives_up.relax = {text("failure")};
  config::Settings always = with_policy(enough_for_cheap, plain);
  always.always.allow = text(rule);
  config::Settings small = with_policy(enough_for_cheap, plain);
  for (auto& endpoint : small.models[0].endpoints) {
    if (endpoint.name.text != "cheap") endpoint.context = {800};
  }
  struct Case {
    const char* name;
    config::Settings settings;
    std::string more{};
  };
  const std::vector<Case> cases{
      {"allow", with_policy(enough_for_cheap, allows)},
      {"require", with_policy(enough_for_cheap, requires_it)},
      {"relax of another limit", with_policy(enough_for_cheap, gives_up)},
      {"always", always},
      {"context", small},
      {"only", with_policy(enough_for_cheap, plain), R"(,"provider":{"only":["cheap"]})"},
      {"max_price", with_policy(enough_for_cheap, plain), R"(,"provider":{"max_price":{"completion":1}})"}};
  for (const Case& each : cases) {
    CAPTURE(each.name);
    PayingWorld world = world_of(each.settings);
    world.script(ServedWorld::cheap, document(whole_answer));
    world.ask_whole(R"(,"max_tokens":1000)" + each.more);
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 200);
    CHECK_FALSE(world.client.has("x-isocost-capped"));
    CHECK(world.charged() == 180);
    CHECK(world.is_at_rest());
  }
}

TEST_CASE("hosts that a request may be sent to later count in what is set aside") {
  const std::string rule = "provider == \"cheap\"";
  config::PolicySettings plain = policy_named("own"), measures = plain, gives_up = plain;
  measures.require = {text(rule + " or ttft.p50 < 60 s")};
  gives_up.require = {text("price.output <= 1 $/Mtok")};
  gives_up.relax = {text("price.output")};
  for (const config::PolicySettings& policy : {plain, measures, gives_up}) {
    PayingWorld world = world_of(with_policy(enough_for_cheap, policy));
    world.script(ServedWorld::cheap, document(whole_answer));
    world.ask_whole(R"(,"max_tokens":1000)");
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.client.status == 402);
    CHECK(world.client.body.find("this request may cost $0.09") != std::string::npos);
  }
}

TEST_CASE("a host that came into reach since is asked only as far as the budget bears it") {
  config::PolicySettings policy = policy_named("own");
  policy.prefer = {text("provider == \"dear\"")};
  config::Settings settings = with_policy(enough_for_cheap, policy);
  settings.quota.concurrent = 1;
  settings.models[0].endpoints.erase(settings.models[0].endpoints.begin() + 1);
  settings.models[0].endpoints[1].context = {1'000};
  PayingWorld world = world_of(settings);
  const auto counted_at_dear = [&](double scale) {
    routing::Snapshot snapshot = *world.services.snapshot;
    snapshot.endpoints[1].prompt_scale = scale;
    world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
  };
  gateway::Reservation other;
  REQUIRE(world.books.reserve({}, world.loop.timer.now(), other) == gateway::Let::in);
  counted_at_dear(1'000);
  world.ask_whole(R"(,"max_tokens":900)");
  counted_at_dear(1);
  world.books.settle(other, {}, world.loop.timer.now());
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.host(ServedWorld::dear).requests.empty());
  CHECK(world.client.status == 402);
  CHECK(world.record().told.find("this request may cost $0.08") != std::string::npos);
  CHECK(world.is_at_rest());
}

TEST_CASE("the tokens of one request bound the answer that its client does not bound") {
  config::Settings settings = three_prices();
  settings.quota.tokens_per_request = config::Tokens{2'000};
  PayingWorld world(settings);
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  const std::string left = std::to_string(2'000 - world.record().demand.prompt.count);
  CHECK(world.client.has("x-isocost-capped: " + left));
  CHECK(world.host(ServedWorld::cheap).requests.at(0).find("_tokens\":" + left) != std::string::npos);
  CHECK(world.is_at_rest());
}

TEST_CASE("a host whose context is no longer than one request's tokens is told no bound of it") {
  config::Settings settings = three_prices();
  settings.quota.tokens_per_request = config::Tokens{60'000};
  settings.models[0].endpoints[0].context = {8'000};
  PayingWorld world(settings);
  world.script(ServedWorld::cheap, document(whole_answer));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.host(ServedWorld::cheap).requests.at(0).find("_tokens") == std::string::npos);
}

TEST_CASE("a prompt that leaves no room for an answer in one request's tokens is refused") {
  config::Settings settings = three_prices();
  settings.quota.tokens_per_request = config::Tokens{2};
  PayingWorld world(settings);
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 429);
  CHECK(world.client.body.find("may use 2 tokens in one request") != std::string::npos);
}

TEST_CASE("searches that a host may make are set aside, and one is expected") {
  struct Case {
    std::string more;
    std::int64_t searches;
  };
  for (const Case& each : {Case{"", 0}, Case{R"(,"web_search_options":{})", 5},
                           Case{R"(,"tools":[{"type":"web_search","max_uses":2}])", 2}}) {
    CAPTURE(each.more);
    config::Settings settings = three_prices();
    settings.quota = with_budget(1'000'000'000'000).quota;
    for (auto& endpoint : settings.models[0].endpoints) {
      endpoint.prices.search = {10'000'000'000};  // far above all that tools add to a prompt
      endpoint.features.set(static_cast<std::size_t>(config::Feature::tools));
    }
    PayingWorld world(settings);
    world.script(ServedWorld::cheap, pieces({{60s, whole_answer}}));
    world.ask_whole(R"(,"max_tokens":10)" + each.more);
    CHECK(world.books.open_nanos() / 10'000'000'000 == each.searches);
    world.advance(1s);
    CHECK(world.services.decision.verdicts.at(0).prediction.price >= (each.searches > 0 ? 10 : 0));
    CHECK(world.services.decision.verdicts.at(0).prediction.price < (each.searches > 0 ? 11 : 1));
    world.leave();
    world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.entries().at(0).cost / 10'000'000'000 == (each.searches > 0 ? 1 : 0));
  }
}

TEST_CASE("what an answer is charged that its host did not count is told as its cost") {
  PayingWorld world;
  world.script(ServedWorld::cheap,
               document(R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
                        R"("finish_reason":"stop"}]})"));
  world.ask_whole();
  world.advance(1s);
  REQUIRE(world.ended());
  CHECK(world.client.status == 200);
  CHECK(world.charged() > 0);
  CHECK(world.client.has("x-isocost-cost: 0.000000" + std::to_string(world.charged() + 1'000).substr(1)));
}

#include "gateway/explain/decision_page.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/explain/decision_table.hpp"
#include "tests/support/three_hosts.hpp"

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

// Azure was chosen before friendli; deepseek's context is too small.
struct World {
  std::shared_ptr<const routing::Catalogue> catalogue = tests::catalogue_of(tests::three_hosts());
  routing::Policy policy;
  routing::Demand demand;
  routing::Decision decision;

  World() {
    policy.name = {"balanced"};
    policy.hash = 0xfeedface;
    policy.require.resize(1);
    policy.require[0].text = "ttft.p90 <= 3 s";
    demand.model = catalogue->find("deepseek-r1");
    demand.model_requested = "deepseek-r1";
    demand.prompt = {90'000};
    decision.chosen = 1;
    decision.propensity = 0.98;
    decision.snapshot = 7;
    decision.seed = 0xffffffffffffffff;
    routing::Verdict deepseek{.endpoint = 0, .removal = routing::Removal::context, .missed_by = 26'000};
    routing::Verdict azure{.endpoint = 1, .rank = 1, .propensity = 0.98};
    azure.prediction = {
        .expected_output = 900, .ttft = 0.42, .throughput = 45, .generation = 20, .failure = 0.01};
    azure.cost = {.price = 0.0012, .ttft = 0.0004, .generation = 0.02, .failure = 0.0001};
    routing::Verdict friendli{.endpoint = 2, .rank = 2, .propensity = 0.02};
    friendli.prediction = {
        .expected_output = 900, .ttft = 0.3, .throughput = 80, .generation = 11, .failure = 0.01};
    friendli.cost = {.price = 0.02, .ttft = 0.0003, .generation = 0.011};
    decision.verdicts = {deepseek, friendli, azure};
  }
  void nobody() {
    decision.chosen.reset();
    decision.earliest = config::TimePoint(12s);
    for (routing::Verdict& verdict : decision.verdicts) {
      verdict.removal = routing::Removal::cooling;
      verdict.missed_by = 12;
      verdict.rank = 0;
    }
  }
  gateway::Decided decided() const { return {decision, *catalogue, policy, demand, {}}; }
};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("the page has every candidate with its cost term by term, and everyone left out with the reason") {
  const World world;
  const json::value page = json::parse(gateway::decision_page(world.decided()));
  CHECK(page.at("chosen") == "azure");
  CHECK(page.at("reason") == "best");
  CHECK(page.at("policy").at("name") == "balanced");
  CHECK(page.at("policy").at("hash") == "00000000feedface");
  CHECK(page.at("seed") == "ffffffffffffffff");
  REQUIRE(page.at("candidates").as_array().size() == 2);
  const json::value& best = page.at("candidates").at(0);
  CHECK(best.at("endpoint") == "azure");
  CHECK(best.at("rank") == 1);
  CHECK(best.at("propensity") == 0.98);
  CHECK(best.at("cost").at("price") == 0.0012);
  CHECK(best.at("cost").at("total") == 0.0217);
  CHECK(best.at("predicted").at("ttft_ms") == 420);
  CHECK(best.at("predicted").at("headroom").is_null());
  const json::value& removed = page.at("removed").at(0);
  CHECK(removed.at("endpoint") == "deepseek");
  CHECK(removed.at("because") == "context");
  CHECK(removed.at("text") == "its context is 26,000 tokens too small");
  CHECK(removed.at("missed_by") == 26'000);
}

TEST_CASE("what a provider's silence adds to the risk of its other hosts is named") {
  World world;
  config::Settings settings = tests::three_hosts();
  std::vector<config::EndpointSettings>& endpoints = settings.models[0].endpoints;
  endpoints[2].provider = endpoints[1].provider, endpoints[2].provider_index = endpoints[1].provider_index;
  world.catalogue = tests::catalogue_of(std::move(settings));
  world.policy.value_of_ttft = 0.005;
  world.decision.chosen = 2;
  world.decision.reason = routing::Reason::hedge;
  const routing::Attempts tried{{.endpoint = 1, .generation = world.catalogue->generation()}};
  gateway::Decided decided = world.decided();
  decided.now = config::TimePoint(2s);
  CHECK(joined(gateway::decision_table(decided, {.columns = 120})).find("silent") == std::string::npos);
  decided.tried = tried;
  const json::value page = json::parse(gateway::decision_page(decided));
  CHECK(page.at("why") == "the first one is slow to begin");
  CHECK(!page.at("candidates").at(0).as_object().contains("silence"));  // the silent one itself
  CHECK(page.at("candidates").at(1).at("silence").at("seconds") == 2);
  CHECK(page.at("candidates").at(1).at("silence").at("dollars") == 0.01);
  CHECK(joined(gateway::decision_table(decided, {.columns = 120}))
            .find("of the risk of friendli $0.010 are for the 2.00 s that its provider has been silent") !=
        std::string::npos);
}

TEST_CASE("what quotas would keep out is said before who would be asked, in whole sentences on any screen") {
  World world;
  gateway::Decided decided = world.decided();
  CHECK(!json::parse(gateway::decision_page(decided)).as_object().contains("kept_out"));
  decided.kept_out =
      "The team `search` may spend $1.00 a day; $0.00 is left. It refills at 2026-11-30T00:00:00Z.";
  const json::value page = json::parse(gateway::decision_page(decided));
  CHECK(std::string(page.at("kept_out").as_string()) == std::string(decided.kept_out));
  const std::vector<std::string> lines = gateway::decision_table(decided, {.columns = 60});
  CHECK(lines[1] == "kept out now: The team `search` may spend $1.00 a day; $0.00");
  CHECK(lines[2] == "is left. It refills at 2026-11-30T00:00:00Z.");
  CHECK(lines[3] == "with that it goes to azure: it costs least");
}

TEST_CASE("on a narrow screen nothing that is said is cut, and why an endpoint counts dearer is said") {
  World world;
  world.decision.verdicts[2].prediction.is_demoted = true;
  world.policy.demotion = 3;
  std::string text;
  for (const std::string& line : gateway::decision_table(world.decided(), {.columns = 60})) {
    CHECK(gateway::width(line) <= 60);
    text += line.substr(std::min(line.size(), line.find_first_not_of(' '))) + " ";
  }
  CHECK(text.find("its context is 26,000 tokens too small") != std::string::npos);
  CHECK(
      text.find("counts 3.0 x as dear (OTHER): its answers pass their checks less often than before, or than "
                "others' do") != std::string::npos);
}

TEST_CASE("a trial of a host that failed is said to be one") {
  World world;
  CHECK(!json::parse(gateway::decision_page(world.decided())).as_object().contains("trial"));
  world.decision.trials_allowed = 1;
  const json::value page = json::parse(gateway::decision_page(world.decided()));
  CHECK(page.at("why") == "it costs least");
  CHECK(page.at("trial").as_string().starts_with("on trial: it failed too often lately"));
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 120})).find("\non trial: it failed") !=
        std::string::npos);
}

TEST_CASE("with nobody chosen the page says when the first one comes back") {
  World world;
  world.nobody();
  const json::value page = json::parse(gateway::decision_page(world.decided()));
  CHECK(page.at("chosen").is_null());
  CHECK(page.at("reason").is_null());
  CHECK(page.at("earliest_seconds") == 12);
  CHECK(page.at("removed").as_array().size() == 3);
}

TEST_CASE("every reason to leave someone out has a sentence, with the owner's words where a rule did it") {
  World world;
  world.demand.needs.set(static_cast<std::size_t>(config::Feature::images));
  world.demand.needs.set(static_cast<std::size_t>(config::Feature::json_schema));
  struct Case {
    routing::Removal removal;
    int rule;
    double missed_by;
    const char* text;
  };
  using enum routing::Removal;
  for (const Case& c :
       {Case{none, -1, 0, ""}, Case{tried, -1, 0, "an earlier attempt of this request was here"},
        Case{features, -1, 0, "lacks json_schema and images, which the request needs"},
        Case{context, -1, 1'234'567, "its context is 1,234,567 tokens too small"},
        Case{max_output, -1, 12, "returns at most 12 tokens fewer than asked for"},
        Case{policy_allow, 0, 0, "not allowed by a rule"},
        Case{policy_require, 0, 1.25, "does not meet `ttft.p90 <= 3 s` (by 1.2)"},
        Case{policy_require, 0, 0, "does not meet `ttft.p90 <= 3 s`"},
        Case{policy_require, 9, 0, "does not meet a rule"},
        Case{cooling, -1, 12, "asked us to wait, for 12 s more"},
        Case{open, -1, 5, "failed too often, next trial in 5 s"},
        Case{open, -1, 0.2, "failed too often, next trial in 1 s"},
        Case{open, -1, 0, "failed too often, and is tried with other requests first"},
        Case{full, -1, 0, "has as many requests in flight as it may"}}) {
    const routing::Verdict verdict{.removal = c.removal, .rule = c.rule, .missed_by = c.missed_by};
    CHECK(gateway::removal_text(verdict, world.decided()) == c.text);
  }
}

TEST_CASE("who is left out only because a broken stream is to go on lacks nothing that the request needs") {
  World world;
  const routing::Verdict verdict{.removal = routing::Removal::features, .missed_by = 1};
  CHECK(gateway::removal_text(verdict, world.decided()) ==
        "is not known to go on with a begun answer (`prefill`; `isocost check --probe` finds out)");
}

TEST_CASE("what a rule says in percent is answered in percent") {
  World world;
  world.policy.require[0].text = "failure < 1 %";
  const routing::Verdict verdict{.removal = routing::Removal::policy_require,
                                 .rule = 0,
                                 .missed_by = 0.0029,
                                 .margin = routing::Margin{.found = 0.0129, .limit = 0.01}};
  CHECK(gateway::removal_text(verdict, world.decided()) ==
        "does not meet `failure < 1 %`: it is 1.29 %, off by 0.29 %");
  world.policy.require[0].text = "samples > 5";
  CHECK(gateway::removal_text(verdict, world.decided()).find('%') == std::string::npos);
}

TEST_CASE("the header is one line of printable ASCII") {
  World world;
  CHECK(gateway::decision_header(world.decided()) ==
        "reason=best; candidates=2/3; cost=$0.021700; price=$0.001200; ttft_ms=420; rank=1; snapshot=7");
  world.nobody();
  const std::string header = gateway::decision_header(world.decided());
  CHECK(header == "reason=best; candidates=0/3; snapshot=7");
}

TEST_CASE("OpenRouter's clients find their metadata, with what only we know beside it") {
  const World world;
  routing::Attempts attempts(2);
  attempts[0].failure = routing::Failure{.kind = routing::FailureKind::rate_limited, .status = 429};
  attempts[1].endpoint = 1;
  const json::value page = json::parse(gateway::openrouter_metadata(world.decided(), attempts));
  CHECK(page.at("requested") == "deepseek-r1");
  CHECK(page.at("strategy") == "fallback");
  CHECK(page.at("summary") == "available=2, selected=Azure");
  CHECK(page.at("attempt") == 2);
  CHECK(page.at("is_byok") == true);
  CHECK(page.at("endpoints").at("total") == 3);
  CHECK(page.at("endpoints").at("available").at(0).at("provider") == "Azure");
  CHECK(page.at("endpoints").at("available").at(0).at("selected") == true);
  CHECK(page.at("endpoints").at("available").at(1).at("selected") == false);
  CHECK(page.at("attempts").at(0).at("status") == 429);
  CHECK(page.at("attempts").at(1).at("status") == 200);
  CHECK(page.at("isocost").at("policy") == "balanced");
}

TEST_CASE(
    "the table says at 120 columns who was chosen, what the others would have cost and who was left out") {
  const World world;
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 120})) ==
        R"(deepseek-r1, 90.0k prompt tokens, policy balanced
goes to azure: it costs least

   ENDPOINT    COST  OVER BEST    PRICE      WAIT  TOKENS      RISK  OTHER    TTFT  TOK/S   FAIL  CHANCE
▶  azure     $0.022             $0.0012  $0.00040  $0.020  $0.00010     $0  420 ms     45  1.0 %    98 %
   friendli  $0.031   +$0.0096   $0.020  $0.00030  $0.011        $0     $0  300 ms     80  1.0 %   2.0 %

   LEFT OUT  BECAUSE IT
x  deepseek  its context is 26,000 tokens too small
)");
}

TEST_CASE("the table fits into 80 columns and keeps cost, price and speed") {
  const World world;
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 80})) ==
        R"(deepseek-r1, 90.0k prompt tokens, policy balanced
goes to azure: it costs least

   ENDPOINT    COST    PRICE      WAIT  TOKENS      RISK    TTFT  TOK/S  CHANCE
▶  azure     $0.022  $0.0012  $0.00040  $0.020  $0.00010  420 ms     45    98 %
   friendli  $0.031   $0.020  $0.00030  $0.011        $0  300 ms     80   2.0 %

   LEFT OUT  BECAUSE IT
x  deepseek  its context is 26,000 tokens too small
)");
}

TEST_CASE("with nobody chosen the table says so and when to come back") {
  World world;
  world.nobody();
  const auto lines = gateway::decision_table(world.decided(), {.columns = 100});
  CHECK(lines[1] == "goes to nobody; the first one comes back in 12 s");
  CHECK(joined(lines).find("asked us to wait, for 12 s more") != std::string::npos);
}

TEST_CASE("a candidate whose prices are a rule's says when they hold, on the page and in the table") {
  config::Settings settings = tests::three_hosts();
  settings.models[0].endpoints[1].price_rules = {{{.prompt_above = config::Tokens{64'000}}, {}}};
  World world;
  world.catalogue = tests::catalogue_of(settings);
  world.demand.tier = config::ServiceTier::flex;
  world.decision.verdicts[2].price_rule = 0;
  const json::object page = gateway::decision_object(world.decided());
  CHECK(page.at("request").at("service_tier") == "flex");
  CHECK(page.at("candidates").as_array()[0].at("price_rule") == "prompts above 64,000 tokens");
  CHECK_FALSE(page.at("candidates").as_array()[1].as_object().contains("price_rule"));
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 160}))
            .find("prices of azure: for prompts above 64,000 tokens") != std::string::npos);
}

TEST_CASE("what each picture costs at a candidate is said on the page and in the table") {
  config::Settings settings = tests::three_hosts();
  settings.models[0].endpoints[1].prices.image = {5'000'000};
  World world;
  world.catalogue = tests::catalogue_of(settings);
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 160})).find("pictures") ==
        std::string::npos);
  CHECK_FALSE(gateway::decision_object(world.decided()).at("request").as_object().contains("cache_ttl"));
  world.demand.pictures = 2;
  world.demand.cache_marks = routing::CacheMarks::hour;
  const json::object page = gateway::decision_object(world.decided());
  CHECK(page.at("request").at("pictures") == 2);
  CHECK(page.at("request").at("cache_ttl") == "1h");
  world.demand.cache_marks = routing::CacheMarks::usual;
  CHECK(gateway::decision_object(world.decided()).at("request").at("cache_ttl") == "usual");
  CHECK(page.at("candidates").as_array()[0].at("picture_price") == 0.005);
  CHECK_FALSE(page.at("candidates").as_array()[1].as_object().contains("picture_price"));
  CHECK(joined(gateway::decision_table(world.decided(), {.columns = 160}))
            .find("pictures at azure: 2 for $0.0050 each") != std::string::npos);
}

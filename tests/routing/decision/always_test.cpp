// 10^5 random requests of random keys: however their policy was chosen, through fallbacks, retries,
// preferences of their own and reloads, none is ever sent to an endpoint that is forbidden to everybody, to
// its team or to its key.
#include <doctest/doctest.h>

#include <algorithm>

#include "routing/decision/withdrawal.hpp"
#include "routing/policy/overlay.hpp"
#include "routing/policy/selection.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/random_rules.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::Condition;
using support::Dice;
using support::text;

namespace {

// What one `always` says, and the same in C++.
struct Forbids {
  std::optional<Condition> allow, require;

  bool holds(const Endpoint& endpoint) const {
    return (!allow || allow->holds(endpoint)) && (!require || require->holds(endpoint));
  }
  config::AlwaysSettings settings() const {
    config::AlwaysSettings always;
    if (allow) always.allow = text(allow->text);
    if (require) always.require = {text(require->text)};
    return always;
  }
};

Forbids random_always(Dice& dice, double likely) {
  Forbids forbids;
  if (dice.happens(likely)) forbids.allow = support::random_condition(dice);
  if (dice.happens(likely / 2)) forbids.require = support::random_atom(dice);
  return forbids;
}

// A generation with three teams and six keys, each of a random team, some of which a reload takes away.
struct Configuration {
  Forbids everybody;
  std::vector<Forbids> teams, keys;
  std::shared_ptr<const Catalogue> catalogue;
  std::shared_ptr<const PolicySet> policies;

  // Rules that exclude each other are refused when they are loaded: others are drawn then.
  Configuration(Dice& dice, std::uint64_t generation) {
    config::Problems problems;
    config::Settings settings;
    do {
      problems.clear();
      settings = draw(dice);
      policies = std::make_shared<const PolicySet>(compile(settings, problems));
    } while (std::ranges::find(problems, config::Severity::error, &config::Problem::severity) !=
             problems.end());
    catalogue = std::make_shared<const Catalogue>(std::move(settings), generation);
  }

  // Nothing where the endpoint may be asked for this key, which may be one of another generation.
  std::string objection(const Endpoint& endpoint, const config::KeySettings& asks) const {
    if (!everybody.holds(endpoint)) return "forbidden to everybody";
    const auto& known = catalogue->settings().keys;
    const auto key = std::ranges::find(known, asks.name, &config::KeySettings::name);
    const std::string& team = key == known.end() ? asks.team : key->team;
    if (!team.empty() && !teams[static_cast<std::size_t>(team[1] - '0')].holds(endpoint))
      return "forbidden to its team";
    const bool good =
        key == known.end() || keys[static_cast<std::size_t>(key->name.text[1] - '0')].holds(endpoint);
    return good ? "" : "forbidden to its key";
  }

 private:
  config::Settings draw(Dice& dice) {
    config::Settings settings = support::random_settings(dice);
    everybody = random_always(dice, 0.2);
    settings.always = everybody.settings();
    teams.clear(), keys.clear();
    for (std::size_t i = 0; i < 3; ++i) {
      teams.push_back(random_always(dice, 0.3));
      settings.teams.push_back({.name = {"t" + std::to_string(i)}, .always = teams.back().settings()});
    }
    for (std::size_t i = 0; i < 6; ++i) {
      keys.push_back(random_always(dice, 0.3));
      config::KeySettings key;
      key.name = {"k" + std::to_string(i)};
      if (dice.happens(0.7)) key.team = "t" + std::to_string(dice.below(3));
      if (dice.happens(0.3)) key.policies = {{"own"}, {"cheapest"}};
      key.always = keys.back().settings();
      if (dice.happens(0.9)) settings.keys.push_back(key);
    }
    config::PolicySettings own = support::policy_named("own");
    if (dice.happens(0.5)) own.allow = text(support::random_condition(dice).text);
    own.require = {text("price.output <= 3 $/Mtok")};
    own.relax = {text("price.output")};
    settings.policies = {own};
    if (dice.happens(0.5)) settings.rules = {{.when = text("stream"), .policy = {"fastest"}, .place = {}}};
    return settings;
  }
};

class Journey {
 public:
  Journey(Dice& dice, std::shared_ptr<Configuration>& newest, std::uint64_t& generation)
      : dice_(dice), newest_(newest), generation_(generation), began_(newest) {
    const auto& keys = began_->catalogue->settings().keys;
    if (keys.empty()) return;
    demand_.key = &keys[dice.below(keys.size())];
    demand_.model = began_->catalogue->find("m");
    demand_.prompt = {100};
    if (dice.happens(0.3)) demand_.delivery = Delivery::streamed;
    if (dice.happens(0.3)) demand_.fallbacks = {began_->catalogue->find("second")};
    static constexpr std::array<std::string_view, 5> names{"", "own", "cheapest", "nitro", "openrouter"};
    const std::string_view header = names[dice.below(3)], suffix = names[dice.below(5)];
    const Selection chosen = select_policy(*began_->policies, demand_,
                                           dice.happens(0.5) ? AskedPolicy{.header = header, .suffix = {}}
                                                             : AskedPolicy{.header = {}, .suffix = suffix});
    const auto* choice = std::get_if<Choice>(&chosen);
    if (!choice) return;
    policy_ = *choice->policy;
    if (dice.happens(0.3)) {
      policy_ =
          overlaid(policy_, std::make_shared<const Overlay>(support::random_wish(dice, *began_->catalogue)));
    }
    snapshot_.catalogue = began_->catalogue;
    snapshot_.endpoints.resize(began_->catalogue->endpoints().size());
    is_let_in_ = true;
  }

  // How many endpoints were asked.
  int go() {
    for (int attempt = 0; is_let_in_ && attempt < 4; ++attempt) {
      if (attempt > 0 && dice_.happens(0.05)) {
        newest_ = std::make_shared<Configuration>(dice_, ++generation_);
      }
      if (!decide()) break;
      const Endpoint& endpoint = began_->catalogue->endpoints()[*decision_.chosen];
      CHECK(began_->objection(endpoint, *demand_.key) == "");
      const Endpoint* same = support::named(*newest_->catalogue, endpoint);
      REQUIRE(same);
      CHECK(newest_->objection(*same, *demand_.key) == "");
      tried_.push_back({.endpoint = endpoint.index,
                        .generation = began_->catalogue->generation(),
                        .failure = Failure{.kind = FailureKind::server_error,
                                           .progress = dice_.happens(0.5) ? Progress::nothing_sent
                                                                          : Progress::request_sent}});
    }
    return static_cast<int>(tried_.size());
  }

 private:
  // As the gateway does: gateway/request/standpoint.
  bool decide() {
    std::vector<EndpointIndex> withdrawn;
    if (newest_ != began_) {
      Snapshot newest;
      newest.catalogue = newest_->catalogue;
      newest.endpoints.resize(newest_->catalogue->endpoints().size());
      const Policy* policy = newest_->policies->find(policy_.name.text, demand_.key);
      REQUIRE(policy);
      find_withdrawn(*began_->catalogue, demand_, newest, *policy, policy_, now_, withdrawn);
    }
    plan(snapshot_, policy_, demand_, tried_, InFlight(snapshot_.endpoints.size()), {},
         {.now = now_, .seed = mixed(dice_.below(1u << 30)), .withdrawn = withdrawn}, decision_);
    return decision_.chosen.has_value();
  }

  Dice& dice_;
  std::shared_ptr<Configuration>& newest_;
  std::uint64_t& generation_;
  const std::shared_ptr<Configuration> began_;
  bool is_let_in_ = false;
  Demand demand_;
  Policy policy_;
  Snapshot snapshot_;
  std::vector<Attempt> tried_;
  Decision decision_;
  const config::TimePoint now_ = config::TimePoint{} + 1h;
};

}  // namespace

TEST_CASE("what always holds is kept under every policy, whoever chose it, over retries and reloads") {
  int requests = 0, asked = 0;
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Dice dice(seed);
    std::uint64_t generation = 1;
    auto newest = std::make_shared<Configuration>(dice, generation);
    for (int i = 0; i < 100; ++i) {
      ++requests;
      asked += Journey(dice, newest, generation).go();
    }
  }
  CHECK(requests == 100'000);
  CHECK(asked > 25'000);
}

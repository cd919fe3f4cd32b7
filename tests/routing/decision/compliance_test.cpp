// 10^5 random requests under random configurations: through fallbacks, preferences of their own and reloads,
// none is ever sent to an endpoint that is forbidden to it. What is forbidden is found here a second time,
// without the policy language.
#include <doctest/doctest.h>

#include <algorithm>

#include "routing/decision/withdrawal.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/random_rules.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::Condition;
using support::Dice;
using support::random_atom;
using support::random_condition;
using support::random_settings;
using support::random_wish;
using support::text;
using support::wish_broken;

namespace {

// A generation with one policy of its own.
struct Configuration {
  Condition allow;
  Condition limit;
  enum class Ladder { none, drops } ladder = Ladder::none;
  std::shared_ptr<const Catalogue> catalogue;
  std::shared_ptr<const PolicySet> policies;

  // Conditions that exclude each other are refused when they are loaded: others are drawn then.
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
  const Policy& policy() const { return *policies->find("own"); }

 private:
  config::Settings draw(Dice& dice) {
    allow = random_condition(dice);
    limit = random_atom(dice);
    config::Settings settings = random_settings(dice);
    config::PolicySettings policy = support::policy_named("own");
    policy.allow = text(allow.text);
    if (dice.happens(0.5)) policy.prefer = {text(random_atom(dice).text)};
    if (dice.happens(0.3)) policy.choose = text("weighted(price ^ -2)");
    policy.require = {text(limit.text)};
    ladder = dice.happens(0.4) ? Ladder::drops : Ladder::none;
    if (ladder == Ladder::drops) policy.relax = {text(limit.text)};
    settings.policies = {policy};
    return settings;
  }
};

// One request with its attempts, as the gateway makes them: the configuration may change in between.
class Journey {
 public:
  Journey(Dice& dice, std::shared_ptr<Configuration>& newest, std::uint64_t& generation)
      : dice_(dice), newest_(newest), generation_(generation), began_(newest) {
    demand_.model = began_->catalogue->find("m");
    if (dice.happens(0.3)) demand_.fallbacks = {began_->catalogue->find("second")};
    demand_.prompt = {100};
    policy_ = began_->policy();
    if (dice.happens(0.6)) {
      wish_ = random_wish(dice, *began_->catalogue);
      policy_ = overlaid(policy_, std::make_shared<const Overlay>(wish_));
    }
    snapshot_.catalogue = began_->catalogue;
    snapshot_.endpoints.resize(began_->catalogue->endpoints().size());
  }

  // How many endpoints were asked.
  int go() {
    for (int attempt = 0; attempt < 4; ++attempt) {
      if (attempt > 0 && dice_.happens(0.03)) {
        newest_ = std::make_shared<Configuration>(dice_, ++generation_);
      }
      if (!decide()) break;
      const Endpoint& endpoint = began_->catalogue->endpoints()[*decision_.chosen];
      CHECK(objection(endpoint) == "");
      tried_.push_back(
          {.endpoint = endpoint.index,
           .generation = began_->catalogue->generation(),
           .failure =
               Failure{.kind = dice_.happens(0.1) ? FailureKind::rejected : FailureKind::server_error,
                       .progress = dice_.happens(0.5) ? Progress::nothing_sent : Progress::request_sent}});
    }
    return static_cast<int>(tried_.size());
  }

 private:
  bool decide() {
    std::vector<EndpointIndex> withdrawn;
    if (newest_ != began_) {
      Snapshot newest;
      newest.catalogue = newest_->catalogue;
      newest.endpoints.resize(newest_->catalogue->endpoints().size());
      find_withdrawn(*began_->catalogue, demand_, newest, newest_->policy(), policy_, now_, withdrawn);
    }
    plan(snapshot_, policy_, demand_, tried_, InFlight(snapshot_.endpoints.size()), {},
         {.now = now_, .seed = mixed(dice_.below(1u << 30)), .withdrawn = withdrawn}, decision_);
    return decision_.chosen.has_value();
  }

  std::string objection(const Endpoint& endpoint) const {
    if (!began_->allow.holds(endpoint)) return "forbidden by " + began_->allow.text;
    const bool may_relax = began_->ladder == Configuration::Ladder::drops && decision_.relaxed == 1;
    if (!may_relax && !began_->limit.holds(endpoint)) return "misses " + began_->limit.text;
    if (const std::string wish = wish_broken(wish_, endpoint); !wish.empty()) return "against " + wish;
    for (const Attempt& attempt : tried_) {
      const Endpoint& asked = began_->catalogue->endpoints()[attempt.endpoint];
      const bool is_rejected = attempt.failure->kind == FailureKind::rejected;
      if (is_rejected && asked.model == endpoint.model) return "its model was rejected";
    }
    if (newest_ == began_) return "";
    const Endpoint* same = support::named(*newest_->catalogue, endpoint);
    if (!same) return "is gone";
    if (const std::string wish = wish_broken(wish_, *same); !wish.empty()) return "newly against " + wish;
    return newest_->allow.holds(*same) ? "" : "forbidden by the newest " + newest_->allow.text;
  }

  Dice& dice_;
  std::shared_ptr<Configuration>& newest_;
  std::uint64_t& generation_;
  const std::shared_ptr<Configuration> began_;
  Demand demand_;
  Policy policy_;
  ProviderPreferences wish_;
  Snapshot snapshot_;
  std::vector<Attempt> tried_;
  Decision decision_;
  const config::TimePoint now_ = config::TimePoint{} + 1h;
};

}  // namespace

TEST_CASE("no request is ever sent to an endpoint that is forbidden to it") {
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

// 10^5 random requests under random configurations: through fallbacks, preferences of their own and reloads,
// none is ever sent to an endpoint that is forbidden to it. What is forbidden is found here a second time,
// without the policy language.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "routing/decision/withdrawal.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using namespace std::chrono_literals;
using namespace routing;
using support::text;

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  double share() { return drawn(seed_, Purpose::weigh, ++place_); }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(share() * static_cast<double>(count));
  }
  bool happens(double probability) { return share() < probability; }
  std::optional<bool> unsure() {
    const std::size_t which = below(3);
    return which == 2 ? std::nullopt : std::optional(which == 1);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t place_ = 0;
};

// A condition, and the same in C++. What is not declared satisfies neither it nor its opposite.
struct Condition {
  std::string text;
  std::function<bool(const Endpoint&)> holds;
};

const std::array<std::string, 4> countries{"US", "CN", "FR", "JP"};

Condition random_atom(Dice& dice) {
  const std::string country = countries[dice.below(4)], other = countries[dice.below(4)];
  switch (dice.below(7)) {
    case 0:
      return {"jurisdiction in [" + country + ", " + other + "]", [=](const Endpoint& e) {
                const auto& where = e.provider->jurisdiction;
                return where && (*where == country || *where == other);
              }};
    case 1:
      return {"jurisdiction != " + country, [=](const Endpoint& e) {
                return e.provider->jurisdiction && *e.provider->jurisdiction != country;
              }};
    case 2:
      return {"not trains_on_prompts",
              [](const Endpoint& e) { return e.provider->data_policy.trains_on_prompts == false; }};
    case 3:
      return {"zdr", [](const Endpoint& e) { return e.provider->data_policy.zero_data_retention == true; }};
    case 4:
      return {"quantization in [bf16, fp8]", [](const Endpoint& e) {
                return e.settings->quantization == config::Quantization::bf16 ||
                       e.settings->quantization == config::Quantization::fp8;
              }};
    case 5:
      return {"price.output <= 3 $/Mtok", [](const Endpoint& e) { return e.dollars_per_output <= 3e-6; }};
    default:
      return {"not retains_prompts",
              [](const Endpoint& e) { return e.provider->data_policy.retains_prompts == false; }};
  }
}

Condition random_condition(Dice& dice) {
  const Condition a = random_atom(dice);
  if (dice.happens(0.4)) return a;
  const Condition b = random_atom(dice);
  if (dice.happens(0.5)) {
    return {a.text + " and " + b.text, [=](const Endpoint& e) { return a.holds(e) && b.holds(e); }};
  }
  return {"(" + a.text + ") or (" + b.text + ")",
          [=](const Endpoint& e) { return a.holds(e) || b.holds(e); }};
}

config::Settings random_settings(Dice& dice) {
  std::vector<support::Host> hosts;
  const std::size_t count = 1 + dice.below(7);
  for (std::size_t i = 0; i < count; ++i) {
    support::Host host{.name = "host" + std::to_string(10 * i + dice.below(3)),
                       .output_price = 6 * dice.share()};
    if (dice.happens(0.8)) host.jurisdiction = countries[dice.below(4)];
    host.quantization = static_cast<config::Quantization>(dice.below(12));
    hosts.push_back(host);
  }
  config::Settings settings = support::settings_of(hosts);
  for (config::ProviderSettings& provider : settings.providers) {
    provider.data_policy = {dice.unsure(), dice.unsure(), dice.unsure()};
  }
  config::ModelSettings second = settings.models[0];
  second.name = {"second"};
  settings.models.push_back(second);
  return settings;
}

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

ProviderPreferences random_wish(Dice& dice, const Catalogue& catalogue) {
  const auto any = [&] {
    return catalogue.endpoints()[dice.below(catalogue.endpoints().size())].settings->name.text;
  };
  ProviderPreferences wish;
  if (dice.happens(0.3)) wish.only = {any(), any(), any()};
  if (dice.happens(0.3)) wish.ignore = {any()};
  if (dice.happens(0.4)) wish.order = {any(), any()};
  if (dice.happens(0.2)) wish.fallbacks = Fallbacks::forbidden;
  if (dice.happens(0.2)) wish.data_collection = "deny";
  if (dice.happens(0.2)) wish.zdr = true;
  if (dice.happens(0.2)) wish.quantizations = {"fp8", "bf16"};
  if (dice.happens(0.2)) wish.sort = "price";
  if (dice.happens(0.3)) wish.max_price.completion = 1 + 4 * dice.share();
  return wish;
}

std::string wish_broken(const ProviderPreferences& wish, const Endpoint& endpoint) {
  const auto is_in = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, endpoint.settings->name.text) != names.end();
  };
  const config::DataPolicy& data = endpoint.provider->data_policy;
  const config::Quantization q = endpoint.settings->quantization;
  using enum config::Quantization;
  if (!wish.only.empty() && !is_in(wish.only)) return "only";
  if (is_in(wish.ignore)) return "ignore";
  if (!wish.order.empty() && wish.fallbacks == Fallbacks::forbidden && !is_in(wish.order)) return "order";
  if (wish.data_collection == "deny" && data.trains_on_prompts != false) return "data_collection";
  if (wish.zdr && data.zero_data_retention != true) return "zdr";
  if (!wish.quantizations.empty() && q != fp8 && q != mxfp8 && q != bf16) return "quantizations";
  const auto& ceiling = wish.max_price.completion;
  if (ceiling && endpoint.dollars_per_output * 1e6 > *ceiling + 1e-6) return "max_price";
  return "";
}

const Endpoint* named(const Catalogue& catalogue, const Endpoint& endpoint) {
  for (const Endpoint& each : catalogue.endpoints()) {
    if (each.settings->name == endpoint.settings->name && each.model->name == endpoint.model->name) {
      return &each;
    }
  }
  return nullptr;
}

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
      find_withdrawn(*began_->catalogue, demand_, newest, newest_->policy(), now_, withdrawn);
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
    const Endpoint* same = named(*newest_->catalogue, endpoint);
    if (!same) return "is gone";
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

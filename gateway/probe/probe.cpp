#include "gateway/probe/probe.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "gateway/engines/engine_watch.hpp"
#include "gateway/probe/probed_host.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wheel.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::Task;

constexpr std::int64_t most_prompt = 1'000;  // tokens, with an image and a tool
constexpr std::int64_t prefilled_output = 8;

std::int64_t output_of(const routing::Endpoint& endpoint) {
  return claims(endpoint, Feature::reasoning) ? 16 : 1;
}

std::string name_of(Feature feature) {
  return std::string(config::feature_names[static_cast<std::size_t>(feature)]);
}

bool goes_on_with_streams(const routing::PolicySet& policies) {
  return std::ranges::any_of(policies.policies(),
                             [](const routing::Policy& policy) { return policy.continue_hops > 0; });
}

routing::PolicySet compiled(const config::Settings& settings) {
  config::Problems known;  // to whoever checked it
  return routing::compile(settings, known);
}

class Prober {
 public:
  Prober(const routing::Catalogue& catalogue, const ProbeLimits& limits)
      : catalogue_(catalogue),
        policies_(compiled(catalogue.settings())),
        limits_(limits),
        secrets_(catalogue.settings()) {
    for (const config::ProviderSettings& provider : catalogue.settings().providers) {
      hosts_.push_back(std::make_unique<ProbedHost>(provider, io_, timer_, resolver_));
    }
    results_.resize(catalogue.endpoints().size());
  }

  std::vector<ProbeResult> run() {
    in_turns(hosts_.size(), [this](std::size_t i) { return list(i); });
    in_turns(results_.size(), [this](std::size_t i) { return look_at(i); });
    return std::move(results_);
  }

 private:
  template <class Begin>
  void in_turns(std::size_t count, Begin begin) {
    std::size_t next = 0;
    const auto work = [&]() -> Task<void> { return worker(count, next, begin); };
    io_.restart();
    std::size_t left = std::min(limits_.at_once, count);
    if (left == 0) return;
    for (std::size_t i = left; i > 0; --i) {
      // Idle connections would keep the loop for as long as they are kept.
      providers::spawn(io_, work(), [&](const std::exception_ptr&) {
        if (--left == 0) io_.stop();
      });
    }
    io_.run();
  }
  template <class Begin>
  static Task<void> worker(std::size_t count, std::size_t& next, Begin& begin) {
    while (next < count) {
      const std::size_t mine = next++;
      co_await begin(mine);
    }
  }

  Task<void> list(std::size_t i) {
    const auto may_be_asked = [this](routing::EndpointIndex each) {
      return !is_forbidden(policies_, catalogue_.endpoints()[each]);
    };
    if (std::ranges::any_of(catalogue_.endpoints_of(i), may_be_asked))
      co_await hosts_[i]->list(timer_, limits_.each);
  }

  Task<void> look_at(std::size_t i) {
    const routing::Endpoint& endpoint = catalogue_.endpoints()[i];
    ProbeResult& result = results_[i];
    result = {.endpoint = endpoint.settings->name.text,
              .model = endpoint.model->name.text,
              .provider = endpoint.provider->name.text,
              .host_model = endpoint.settings->host_model,
              .asked = asked_there(*endpoint.provider, *endpoint.settings)};
    note_what_is_unknown(endpoint, result);
    if (is_forbidden(policies_, endpoint)) {
      result.probed = Probed::untested;
      add_finding(result, "forbidden", "`always` forbids to ask it");
      co_return;
    }
    if (!can_be_asked(endpoint, plain(endpoint))) {
      result.probed = Probed::untested;
      add_finding(result, "not_asked", "it speaks no API in which a conversation could be put");
      co_return;
    }
    const bool answers = co_await ask_for_features(endpoint, result);
    const bool is_asked = claims(endpoint, Feature::prefill) || goes_on_with_streams(policies_);
    if (answers && is_asked) co_await ask_to_go_on(endpoint, result);
    compare_with_list(endpoint, result);
    if (!result.findings.empty() && result.probed == Probed::as_configured) result.probed = Probed::differs;
  }

  static ProbeQuestion plain(const routing::Endpoint& endpoint) {
    return {.features = {}, .most_output = output_of(endpoint)};
  }

  Task<ProbeAnswer> ask(const routing::Endpoint& endpoint, ProbeResult& result, ProbeQuestion question) {
    ++result.calls;
    auto asking = probe_call(hosts_[endpoint.settings->provider_index]->host, timer_, endpoint,
                             std::move(question), limits_.each);
    ProbeAnswer answer = co_await std::move(asking);
    if (answer.usage)
      result.cost = result.cost + routing::bill(endpoint, *answer.usage, {.at = timer_.wall()});
    if (!answer.failure && result.seconds == 0) result.seconds = config::Seconds(answer.took).count();
    co_return answer;
  }

  // All of them at once; each by itself only where that is refused. Whether it answers.
  Task<bool> ask_for_features(const routing::Endpoint& endpoint, ProbeResult& result) {
    ProbeQuestion all = plain(endpoint);
    for (const Feature feature : provable(endpoint.settings->features)) {
      ProbeQuestion one = plain(endpoint);
      one.features = {feature};
      if (can_be_asked(endpoint, one)) all.features.push_back(feature);
    }
    if (!can_be_asked(endpoint, all)) all.features.resize(std::min<std::size_t>(1, all.features.size()));
    auto asking = ask(endpoint, result, all);
    const ProbeAnswer answer = co_await std::move(asking);
    if (!answer.failure) co_return true;
    const bool may_be_features = !all.features.empty() && !is_final(*answer.failure);
    if (!may_be_features) {
      find_failure(result, answer, secrets_);
      co_return false;
    }
    ProbeQuestion without = plain(endpoint);
    auto asking_plainly = ask(endpoint, result, std::move(without));
    const ProbeAnswer plainly = co_await std::move(asking_plainly);
    if (plainly.failure) {
      find_failure(result, plainly, secrets_);
      co_return false;
    }
    for (const Feature feature : all.features) {
      ProbeAnswer alone = answer;
      if (all.features.size() > 1) {
        ProbeQuestion one = plain(endpoint);
        one.features = {feature};
        auto asking_one = ask(endpoint, result, std::move(one));
        alone = co_await std::move(asking_one);
      }
      if (alone.failure) {
        add_finding(result, "feature_refused",
                    "`features` has `" + name_of(feature) + "`, and it is refused" + said(alone, secrets_));
      }
    }
    co_return true;
  }

  Task<void> ask_to_go_on(const routing::Endpoint& endpoint, ProbeResult& result) {
    ProbeQuestion question{.features = {Feature::prefill},
                           .most_output = std::max(prefilled_output, output_of(endpoint))};
    if (!can_be_asked(endpoint, question)) co_return;
    auto asking = ask(endpoint, result, std::move(question));
    const ProbeAnswer answer = co_await std::move(asking);
    if (answer.failure && (is_silence(*answer.failure) || is_busy(*answer.failure))) co_return;
    const bool is_said = claims(endpoint, Feature::prefill);
    result.goes_on = !answer.failure && (is_said ? goes_on(answer.text) : surely_goes_on(answer.text));
    if (!is_said || *result.goes_on) co_return;
    if (answer.failure) {
      add_finding(result, "feature_refused",
                  "`features` has `prefill`, and it is refused" + said(answer, secrets_));
    } else {
      add_finding(result, "prefill_not_honoured",
                  "`features` has `prefill`, and the answer begins anew instead of going on");
    }
  }

  // No question tells it: the bill does. An engine of one's own has none.
  static void note_what_is_unknown(const routing::Endpoint& endpoint, ProbeResult& result) {
    const bool is_own = endpoint.provider->engine || endpoint.settings->machine;
    if (is_own || endpoint.provider->cancel_stops_billing) return;
    result.notes.push_back(
        {"cancel_billing_unknown",
         "`cancel_stops_billing` is not set: whether closing a connection ends the bill is "
         "unknown, and hedged requests are priced as if it did not"});
  }

  void compare_with_list(const routing::Endpoint& endpoint, ProbeResult& result) {
    const ProbedHost& host = *hosts_[endpoint.settings->provider_index];
    const std::optional<std::int64_t> context = host.context_of(endpoint.settings->host_model);
    if (!context || *context >= endpoint.settings->context.count) return;
    add_finding(result, "context_smaller",
                "`context` is " + std::to_string(endpoint.settings->context.count) +
                    " tokens, and the host says " + std::to_string(*context));
  }

  const routing::Catalogue& catalogue_;
  const routing::PolicySet policies_;
  const ProbeLimits limits_;
  const HostSecrets secrets_;
  boost::asio::io_context io_{1};
  providers::Wheel timer_{io_};
  providers::SystemNames names_;
  providers::Resolver resolver_{io_, timer_, names_};
  std::vector<std::unique_ptr<ProbedHost>> hosts_;  // by the place of their provider
  std::vector<ProbeResult> results_;
};

}  // namespace

config::Settings with_addresses_now(const config::Settings& settings) {
  const EngineWatch::Intervals wanted = names_to_find(settings);
  if (wanted.empty()) return settings;
  providers::SystemNames names;
  EngineWatch watch(names, {});
  return at_each_address(settings, watch.first(wanted, std::chrono::seconds(3)));
}

config::Money most_cost(const routing::Catalogue& catalogue, config::WallTime at) {
  config::Money sum;
  const bool are_all_asked = goes_on_with_streams(compiled(catalogue.settings()));
  for (const routing::Endpoint& endpoint : catalogue.endpoints()) {
    const auto features = static_cast<std::int64_t>(provable(endpoint.settings->features).size());
    const std::int64_t prefills = are_all_asked || claims(endpoint, Feature::prefill) ? 1 : 0;
    const std::int64_t calls = 1 + (features > 0 ? 1 : 0) + (features > 1 ? features : 0) + prefills;
    const routing::Usage usage{.prompt = {calls * most_prompt},
                               .output = {calls * output_of(endpoint) + prefills * prefilled_output}};
    sum = sum + routing::bill(endpoint, usage, {.at = at, .replies = static_cast<std::size_t>(calls)});
  }
  return sum;
}

std::vector<ProbeResult> probe(const routing::Catalogue& catalogue, const ProbeLimits& limits) {
  return Prober(catalogue, limits).run();
}

}  // namespace gateway

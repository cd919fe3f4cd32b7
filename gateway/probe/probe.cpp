#include "gateway/probe/probe.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>

#include "gateway/engines/engine_look.hpp"
#include "gateway/engines/engine_watch.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/probe/host_listing.hpp"
#include "gateway/probe/probe_call.hpp"
#include "gateway/text/scrub.hpp"
#include "providers/host/host_page.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wheel.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {
namespace {

using config::Feature;
using providers::Task;
using routing::FailureKind;

constexpr std::int64_t most_prompt = 1'000;  // tokens, with an image and a tool
constexpr std::int64_t prefilled_output = 8;

bool claims(const routing::Endpoint& endpoint, Feature feature) {
  return endpoint.settings->features.test(static_cast<std::size_t>(feature));
}

std::int64_t output_of(const routing::Endpoint& endpoint) {
  return claims(endpoint, Feature::reasoning) ? 16 : 1;
}

std::string name_of(Feature feature) {
  return std::string(config::feature_names[static_cast<std::size_t>(feature)]);
}

bool is_silence(FailureKind kind) {
  switch (kind) {
    case FailureKind::resolve:
    case FailureKind::connect:
    case FailureKind::tls:
    case FailureKind::reset_before_reply:
    case FailureKind::first_token_timeout:
    case FailureKind::broken_stream:
    case FailureKind::local:
      return true;
    default:
      return false;
  }
}

bool is_busy(FailureKind kind) {
  return kind == FailureKind::rate_limited || kind == FailureKind::overloaded;
}

bool goes_on_with_streams(const routing::PolicySet& policies) {
  return std::ranges::any_of(policies.policies(),
                             [](const routing::Policy& policy) { return policy.continue_hops > 0; });
}

routing::PolicySet compiled(const config::Settings& settings) {
  config::Problems known;  // to whoever checked it
  return routing::compile(settings, known);
}

// Of one host, whichever of its models is asked.
struct ProbedHost {
  ProbedHost(const config::ProviderSettings& as_said, boost::asio::io_context& io, providers::Timer& timer,
             providers::Resolver& resolver)
      : settings(as_said), host(settings, io, timer, resolver) {
    if (!settings.engine) return;
    root_settings = engine_host(settings);
    root = std::make_unique<providers::HttpProvider>(root_settings, io, timer, resolver);
  }
  const config::ProviderSettings settings;
  providers::HttpProvider host;
  config::ProviderSettings root_settings;
  std::unique_ptr<providers::HttpProvider> root;  // of an engine of one's own
  std::optional<std::vector<ListedModel>> listed;
  std::string engine_page;  // where its engine says its context
};

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

  // Which models a host says it has, where it lists them.
  Task<void> list(std::size_t i) {
    ProbedHost& host = *hosts_[i];
    const auto& endpoints = catalogue_.endpoints_of(i);
    const auto is_allowed = [this](routing::EndpointIndex each) {
      return !is_forbidden(catalogue_.endpoints()[each]);
    };
    const bool may_list = std::ranges::any_of(endpoints, is_allowed) &&
                          host.settings.dialect != config::Dialect::bedrock &&
                          host.settings.access.api_version.empty();
    if (!may_list) co_return;
    providers::PageWanted wanted{.target = "/models", .limit = limits_.each, .most_bytes = 16 << 20};
    auto asking = providers::host_page(host.host, timer_, std::move(wanted));
    const providers::HostPage page = co_await std::move(asking);
    if (page.status == 200) host.listed = listed_models(page.body);
    if (!host.root) co_return;
    const std::map<config::EngineKind, std::string> pages{{config::EngineKind::llamacpp, "/props"},
                                                          {config::EngineKind::tgi, "/info"},
                                                          {config::EngineKind::ollama, "/api/ps"}};
    const auto own = pages.find(host.settings.engine->kind);
    if (own == pages.end()) co_return;
    providers::PageWanted more{.target = own->second, .limit = limits_.each};
    auto looking = providers::host_page(*host.root, timer_, std::move(more));
    const providers::HostPage engine = co_await std::move(looking);
    if (engine.status == 200) host.engine_page = engine.body;
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
    if (is_forbidden(endpoint)) {
      result.probed = Probed::untested;
      find(result, "forbidden", "`always` forbids to ask it");
      co_return;
    }
    if (!can_be_asked(endpoint, plain(endpoint))) {
      result.probed = Probed::untested;
      find(result, "not_asked", "it speaks no API in which a conversation could be put");
      co_return;
    }
    const bool answers = co_await ask_for_features(endpoint, result);
    const bool is_asked = claims(endpoint, Feature::prefill) || goes_on_with_streams(policies_);
    if (answers && is_asked) co_await ask_to_go_on(endpoint, result);
    compare_with_list(endpoint, result);
    if (!result.findings.empty() && result.probed == Probed::as_configured) result.probed = Probed::differs;
  }

  // By what holds for everybody. What is not known does not satisfy it.
  bool is_forbidden(const routing::Endpoint& endpoint) const {
    const routing::Policy& any = policies_.policies().front();
    return routing::first_broken(any.always, routing::View{.endpoint = &endpoint}) >= 0;
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
    if (!may_be_features) co_return tell(answer, result);
    ProbeQuestion without = plain(endpoint);
    auto asking_plainly = ask(endpoint, result, std::move(without));
    const ProbeAnswer plainly = co_await std::move(asking_plainly);
    if (plainly.failure) co_return tell(plainly, result);
    for (const Feature feature : all.features) {
      ProbeAnswer alone = answer;
      if (all.features.size() > 1) {
        ProbeQuestion one = plain(endpoint);
        one.features = {feature};
        auto asking_one = ask(endpoint, result, std::move(one));
        alone = co_await std::move(asking_one);
      }
      if (alone.failure) {
        find(result, "feature_refused",
             "`features` has `" + name_of(feature) + "`, and it is refused" + said(alone));
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
      find(result, "feature_refused", "`features` has `prefill`, and it is refused" + said(answer));
    } else {
      find(result, "prefill_not_honoured",
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
    const std::string& name = endpoint.settings->host_model;
    std::optional<std::int64_t> context = context_in(host.engine_page, name);
    if (!context && host.listed) {
      const auto found = std::ranges::find(*host.listed, name, &ListedModel::id);
      if (found != host.listed->end()) context = found->context;
    }
    if (!context || *context >= endpoint.settings->context.count) return;
    find(result, "context_smaller",
         "`context` is " + std::to_string(endpoint.settings->context.count) + " tokens, and the host says " +
             std::to_string(*context));
  }

  // What no other question to this endpoint could change.
  static bool is_final(FailureKind kind) {
    return is_silence(kind) || is_busy(kind) || kind == FailureKind::credential ||
           kind == FailureKind::missing_model;
  }

  bool tell(const ProbeAnswer& answer, ProbeResult& result) {
    const FailureKind kind = *answer.failure;
    if (is_silence(kind)) {
      result.probed = Probed::unreachable;
      find(result, "unreachable", "no answer (" + std::string(word(kind)) + ")" + said(answer));
    } else if (is_busy(kind)) {
      result.probed = Probed::untested;
      find(result, "busy", "it could not be tested now" + said(answer));
    } else if (kind == FailureKind::credential) {
      const bool is_unpaid = answer.status == 402 || answer.status == 429;
      find(result, is_unpaid ? "no_money" : "key_refused",
           (is_unpaid ? "the account has no money left" : "the credential is refused") + said(answer));
    } else if (kind == FailureKind::missing_model) {
      find(result, "model_missing", "it does not have `" + result.host_model + "`" + said(answer));
    } else {
      find(result, "refused", "a plain question fails" + said(answer));
    }
    return false;
  }

  std::string said(const ProbeAnswer& answer) const {
    std::string text;
    if (answer.status != 0 && answer.status != 200) text = ", status " + std::to_string(answer.status);
    if (!answer.message.empty()) text += ": " + scrubbed(answer.message, secrets_);
    return text;
  }

  static void find(ProbeResult& result, std::string what, std::string detail) {
    result.findings.push_back({std::move(what), std::move(detail)});
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

std::string_view to_text(Probed probed) {
  switch (probed) {
    case Probed::as_configured:
      return "as configured";
    case Probed::differs:
      return "differs";
    case Probed::unreachable:
      return "unreachable";
    case Probed::untested:
      return "not tested";
  }
  return "";
}

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

Prefills prefills_of(const std::vector<ProbeResult>& results, config::WallTime at) {
  Prefills found;
  for (const ProbeResult& each : results) {
    if (each.goes_on)
      found[{each.model, each.endpoint}] = {.asked = each.asked, .goes_on = *each.goes_on, .at = at};
  }
  return found;
}

std::vector<ProbeResult> probe(const routing::Catalogue& catalogue, const ProbeLimits& limits) {
  return Prober(catalogue, limits).run();
}

}  // namespace gateway

#include "gateway/request/key_room.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "providers/dialect/host_facts.hpp"
#include "routing/market/predict.hpp"

namespace gateway {
namespace {

// With more left than that of a limit, nothing is decided by it.
constexpr double nearly = 0.2;

bool declares_tokens(const config::ProviderLimits& limits) {
  const auto any = [](const config::KeyLimits& of) { return of.tokens != config::PerPeriod(); };
  return any(limits.each_key) || std::ranges::any_of(limits.of_keys, any);
}

// What an answer may count for. Most hosts take its bound for used when they let a request in; what a host
// only tells of is no promise to be kept to.
std::int64_t counted_output(const InferenceRequest& request, const routing::Endpoint& endpoint,
                            double expected) {
  if (!request.surface->writes_answers()) return 0;
  const std::int64_t likely = std::llround(std::clamp(expected, 0.0, 1e7));
  const std::optional<config::Tokens> bound = request.output_bound();
  if (!bound) return likely;
  const std::int64_t most = bound->count;
  const bool counts_most =
      providers::counts_bounds(*endpoint.provider) && declares_tokens(endpoint.provider->limits);
  return counts_most ? most : std::min(likely, most);
}

}  // namespace

providers::KeyNeeds key_needs(const InferenceRequest& request, const routing::Endpoint& endpoint,
                              double output) {
  const routing::Demand& demand = request.demand;
  const std::size_t inputs = request.asked.inputs.size();
  const auto at_once = static_cast<std::size_t>(std::max(1, endpoint.settings->max_inputs.value_or(0)));
  const std::size_t exchanges = endpoint.settings->max_inputs ? (inputs + at_once - 1) / at_once : 1;
  return {.requests = static_cast<std::int64_t>(std::max<std::size_t>(exchanges, 1)),
          .tokens = demand.prompt.count + counted_output(request, endpoint, output) * demand.answers};
}

routing::Moment moment_of(DecidingServices& services, const InferenceRequest& request,
                          const routing::Snapshot& snapshot,
                          std::span<const routing::EndpointIndex> withdrawn, config::TimePoint now) {
  const Generation& generation = *request.hosts->generation;
  std::vector<routing::Allowance>& nearly_used = services.allowances;
  nearly_used.clear();
  std::optional<double> output;  // expected of an answer
  const auto look = [&](const routing::PublicModel& model) {
    for (const routing::Candidate& candidate : model.candidates) {
      const routing::Endpoint& endpoint = generation.catalogue->endpoints()[candidate.endpoint];
      const auto provider = static_cast<std::uint32_t>(endpoint.settings->provider_index);
      providers::KeyAllowance& allowance = *generation.allowances[provider];
      if (!allowance.is_limited()) continue;
      const auto known = std::ranges::find(nearly_used, provider, &routing::Allowance::provider);
      // How many requests it takes is all that its endpoints differ in.
      if (known != nearly_used.end() && !endpoint.settings->max_inputs) continue;
      if (!output) output = routing::asked(request.demand, snapshot.lengths.get()).length.output;
      const providers::Access* access = generation.accesses[provider].get();
      const auto room =
          allowance.room(key_needs(request, endpoint, *output), now, access ? &access->keys : nullptr);
      if (known != nearly_used.end()) {
        // By the one of its endpoints that needs most.
        known->left = std::min(known->left, room.left);
        known->wait = std::max(known->wait, room.wait);
      } else if (room.left < nearly) {
        nearly_used.push_back({provider, room.left, room.wait});
      }
    }
  };
  if (request.demand.model) look(*request.demand.model);
  for (const routing::PublicModel* model : request.demand.fallbacks) look(*model);
  return {.now = now,
          .seed = services.dice.roll(),
          .withdrawn = withdrawn,
          .allowances = nearly_used,
          .money = generation.budgets.money(*request.policy)};
}

bool begin(providers::KeyPermit& permit, const InferenceRequest& request, const routing::Endpoint& endpoint,
           double output, config::TimePoint now) {
  const Generation& generation = *request.hosts->generation;
  const std::size_t provider = endpoint.settings->provider_index;
  const providers::Access* access = generation.accesses[provider].get();
  return permit.begin(*generation.allowances[provider], access ? &access->keys : nullptr,
                      key_needs(request, endpoint, output), now);
}

void end(providers::KeyPermit& permit, const routing::Attempt& attempt, config::TimePoint now) {
  using Sent = providers::KeyPermit::Sent;
  const bool was_sent = !attempt.failure || attempt.failure->progress != routing::Progress::nothing_sent;
  // Of what was cut off before its end the host has counted what it might have, for all we know.
  const bool was_cut = attempt.failure && attempt.failure->status == 0;
  const std::int64_t tokens = attempt.usage ? attempt.usage->prompt.count + attempt.usage->output.count
                              : was_cut     ? permit.needs().tokens
                                            : 0;
  permit.ends(was_sent ? Sent::yes : Sent::no, tokens, now);
}

}  // namespace gateway

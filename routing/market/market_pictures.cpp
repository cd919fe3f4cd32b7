// The market's snapshots, and what moves slowly in them: windows, and what the hosts of a model have in
// common.
#include <algorithm>
#include <cmath>

#include "routing/market/market.hpp"

namespace routing {
namespace {

// Reorders `values`.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

void Market::refresh_prior(std::size_t model, EndpointIndex first) {
  const std::vector<Endpoint>& endpoints = catalogue_->endpoints();
  const auto median_over = [&](auto value, double otherwise) {
    median_of_.clear();
    for (std::size_t i = first; i < endpoints.size() && endpoints[i].model_index == model; ++i) {
      if (states_[i].replies > 0) median_of_.push_back(value(states_[i].speed));
    }
    return median_of_.empty() ? otherwise : median(median_of_);
  };
  const SpeedPrior fallback{};
  priors_[model] = {
      .base = median_over([](const Speed& s) { return s.prompt.base; }, fallback.base),
      .per_kilotoken =
          median_over([](const Speed& s) { return s.prompt.per_kilotoken; }, fallback.per_kilotoken),
      .ttft_level = median_over([](const Speed& s) { return s.ttft.level; }, fallback.ttft_level),
      .throughput_level =
          median_over([](const Speed& s) { return s.throughput.usual; }, fallback.throughput_level),
      .slots = priors_[model].slots};
}

// Speed is shared by the hosts of a model, how many run at once by the endpoints of a provider: half of what
// its other ones are known for.
SpeedPrior Market::prior_of(EndpointIndex index) const {
  const Endpoint& endpoint = catalogue_->endpoints()[index];
  SpeedPrior prior = priors_[endpoint.model_index];
  const std::vector<EndpointIndex>& all = catalogue_->endpoints_of(endpoint.settings->provider_index);
  // Of a provider with hundreds of models a few say enough.
  constexpr std::size_t most = 8;
  for (std::size_t n = 0; n < std::min(most, all.size()); ++n) {
    const EndpointState& other = states_[all[n]];
    if (all[n] == index || other.replies == 0) continue;
    prior.slots.forget(other.speed.slots, 0.5f / static_cast<float>(std::min(most, all.size())));
  }
  return prior;
}

void Market::refresh(config::TimePoint now) {
  const std::vector<Endpoint>& endpoints = catalogue_->endpoints();
  if (endpoints.empty() || now <= refreshed_) return;
  const double periods = config::Seconds(now - refreshed_) / config::Seconds(refresh_period);
  const auto all = static_cast<double>(endpoints.size());
  auto due = static_cast<std::size_t>(std::ceil(std::min(all, all * periods)));
  refreshed_ = now;
  for (; due > 0; --due) {
    const EndpointIndex i = endpoints[next_to_refresh_].index;
    const std::size_t model = endpoints[i].model_index;
    if (i == 0 || endpoints[i - 1].model_index != model) refresh_prior(model, i);
    dossiers_[i].pass(states_[i], prior_of(i), now);
    dossiers_[i].measure(states_[i], half_hour_[i], now);
    if (ConductFile* conduct = dossiers_[i].conduct()) conduct->pass(states_[i].quality, now);
    next_to_refresh_ = (next_to_refresh_ + 1) % endpoints.size();
  }
}

std::shared_ptr<Snapshot> Market::picture(config::TimePoint now) {
  refresh(now);
  if (published_ == config::TimePoint::min() || now - published_ >= refresh_period) {
    published_lengths_ = lengths_.published();
    published_half_hour_ = std::make_shared<const std::vector<Measured>>(half_hour_);
    publish_evidence();
    published_ = now;
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = version_;
  snapshot->taken = now;
  snapshot->catalogue = catalogue_;
  snapshot->endpoints = states_;
  snapshot->lengths = published_lengths_;
  snapshot->half_hour = published_half_hour_;
  snapshot->evidence = published_evidence_;
  return snapshot;
}

std::shared_ptr<const Snapshot> Market::seen(config::TimePoint now) {
  return picture(now);
}

std::shared_ptr<const Snapshot> Market::snapshot(config::TimePoint now) {
  auto snapshot = picture(now);
  flipped_ = false;
  snapshot->version = ++version_;
  snapshot->prefixes = prefixes_.publish();
  return snapshot;
}

}  // namespace routing

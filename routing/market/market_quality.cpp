#include <algorithm>

#include "routing/market/market.hpp"
#include "routing/terms/draws.hpp"

namespace routing {
namespace {

using namespace std::chrono_literals;

// Reorders `values`; unknown where there are fewer than `least`.
double median_of(std::vector<double>& values, std::size_t least) {
  if (values.size() < least) return unknown;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// An answer without anything in it was no answer for anybody else.
Conduct conduct_of(const Attempt& attempt) {
  Conduct conduct = attempt.conduct;
  if (attempt.failure && attempt.failure->kind == FailureKind::empty_reply)
    checked(conduct, Check::content) = Checked::failed;
  return conduct;
}

}  // namespace

void Market::learn_conduct(EndpointIndex index, const Attempt& attempt, const Demand& demand,
                           config::TimePoint now) {
  const Conduct conduct = conduct_of(attempt);
  const bool is_checked = std::ranges::any_of(conduct, [](Checked c) { return c != Checked::no; });
  if (!is_checked && attempt.fingerprint == 0) return;
  ConductFile& file = dossiers_[index].begin_conduct();
  if (file.wants_peers(now)) file.set_peers(peers_of(index), now + 1s);
  const AnswersClient client{.key = demand.key ? hash_of(demand.key->name.text) : 0,
                             .keys = catalogue_->settings().keys.size()};
  if (!file.observe(conduct, attempt.fingerprint, states_[index].quality, now, client)) return;
  flipped_ = true;
  published_ = config::TimePoint::min();  // with the evidence for it
}

// Of one peer alone nothing is known: it may be the odd one.
AllPeers Market::peers_of(EndpointIndex index) {
  constexpr double least_answers = 200;
  constexpr std::size_t least_peers = 2;
  const std::vector<Endpoint>& endpoints = catalogue_->endpoints();
  const std::size_t model = endpoints[index].model_index;
  EndpointIndex first = index;
  while (first > 0 && endpoints[first - 1].model_index == model) --first;
  AllPeers peers;
  for (std::size_t check = 0; check < check_count; ++check) {
    median_of_.clear();
    for (EndpointIndex i = first; i < endpoints.size() && endpoints[i].model_index == model; ++i) {
      const ConductFile* other = i == index ? nullptr : dossiers_[i].conduct();
      if (!other) continue;
      const QualityTest& test = other->test(check);
      if (test.sums().recent_passed + test.sums().recent_failed < least_answers) continue;
      if (const auto failing = test.failing()) median_of_.push_back(*failing);
    }
    peers[check].failing = median_of(median_of_, least_peers);
  }
  return peers;
}

void Market::publish_evidence() {
  const std::vector<Endpoint>& endpoints = catalogue_->endpoints();
  const auto has_any = [](const Dossier& dossier) { return dossier.conduct() != nullptr; };
  if (std::ranges::none_of(dossiers_, has_any)) return;
  auto all = std::make_shared<std::vector<QualityEvidence>>(endpoints.size());
  for (std::size_t first = 0, end = 0; first < endpoints.size(); first = end) {
    median_of_.clear();
    for (end = first; end < endpoints.size() && endpoints[end].model_index == endpoints[first].model_index;
         ++end) {
      if (states_[end].replies > 0) median_of_.push_back(states_[end].prompt_scale);
    }
    const double usual_scale = median_of(median_of_, 2);
    for (std::size_t i = first; i < end; ++i) {
      const ConductFile* conduct = dossiers_[i].conduct();
      QualityEvidence& evidence = (*all)[i];
      if (conduct) evidence = conduct->evidence();
      evidence.length = states_[i].verbosity;
      if (usual_scale > 0 && states_[i].replies > 0)
        evidence.prompt_tokens = states_[i].prompt_scale / usual_scale;
    }
  }
  published_evidence_ = std::move(all);
}

}  // namespace routing

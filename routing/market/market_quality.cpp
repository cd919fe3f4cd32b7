#include <algorithm>
#include <cmath>
#include <optional>

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

// Nothing while few answers came lately.
std::optional<double> known_share(const QualityTest& test) {
  constexpr double least_answers = 200;
  const QualityTest::Sums& sums = test.sums();
  return sums.recent_passed + sums.recent_failed < least_answers ? std::nullopt : test.failing();
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
  const ConductNumbers numbers = numbers_of(attempt, demand);
  const bool is_checked = std::ranges::any_of(conduct, [](Checked c) { return c != Checked::no; }) ||
                          numbers.prompt_tokens || numbers.length;
  if (!is_checked && attempt.fingerprint == 0) return;
  ConductFile& file = dossiers_[index].begin_conduct();
  if (file.wants_peers(now)) file.set_peers(peers_of(index, now), now + 1s);
  const std::uint64_t key = demand.key ? hash_of(demand.key->name.text) : 0;
  const AnswersClient client{.key = key, .keys = active_keys_.note(key, now)};
  if (!file.observe(conduct, attempt.fingerprint, states_[index].quality, now, client, numbers)) return;
  flipped_ = true;
  published_ = config::TimePoint::min();  // with the evidence for it
}

// Of whole answers to one prompt of text: what else a prompt may hold is counted in many ways, and of several
// answers only the sum is known.
ConductNumbers Market::numbers_of(const Attempt& attempt, const Demand& demand) {
  constexpr std::int64_t least_prompt = 64;  // tokens: of less, templates are most
  ConductNumbers numbers;
  const bool is_whole = attempt.reason != Reason::continues && !attempt.is_cut_by_us && demand.answers == 1;
  if (!is_whole || !attempt.usage || attempt.usage_is_estimated || attempt.failure) return numbers;
  const auto needs = [&](config::Feature each) { return demand.needs.test(static_cast<std::size_t>(each)); };
  const bool is_text = !needs(config::Feature::images) && !needs(config::Feature::audio) &&
                       !needs(config::Feature::files) && !needs(config::Feature::tools);
  const LengthKeys keys = length_keys(demand);
  const std::int64_t counted = attempt.usage->prompt.count;
  if (is_text && counted > 0 && demand.prompt.count >= least_prompt) {
    const double ratio = static_cast<double>(counted) / static_cast<double>(demand.prompt.count);
    const std::uint64_t key = demand.key ? hash_of(demand.key->name.text) : 0;
    numbers.prompt_tokens = prompt_scales_.off(mixed(keys.hashes.back() ^ key), std::log(ratio));
  }
  const Length expected = lengths_.current().expected(keys);
  constexpr double least_replies = 30;
  if (attempt.usage->output.count > 0 && expected.replies >= least_replies)
    numbers.length = std::log(static_cast<double>(attempt.usage->output.count)) - expected.log_output;
  return numbers;
}

void Market::hears_canary(EndpointIndex index, const Conduct& conduct, config::TimePoint now) {
  if (!dossiers_[index].begin_conduct().observe(conduct, 0, states_[index].quality, now)) return;
  flipped_ = true;
  published_ = config::TimePoint::min();
}

// Of one peer alone nothing is known: it may be the odd one. The median of the others is one of the two in
// the middle of all: the upper one for who is below it himself.
AllPeers Market::peers_of(EndpointIndex index, config::TimePoint now) {
  constexpr std::size_t least_peers = 2;
  const std::size_t model = catalogue_->endpoints()[index].model_index;
  SharesOfModel& shares = shares_[model];
  if (now >= shares.until) look_at_shares(shares, index, now);
  AllPeers peers;
  for (std::size_t check = 0; check < check_count; ++check) {
    const SharesOfModel::OfCheck& all = shares.checks[check];
    const ConductFile* file = dossiers_[index].conduct();
    const auto own = file ? known_share(file->test(check)) : std::nullopt;
    if (all.count < least_peers + (own ? 1 : 0)) continue;
    const bool is_upper = own ? *own <= all.lower : all.count % 2 == 0;
    peers[check].failing = is_upper ? all.upper : all.lower;
  }
  return peers;
}

// For all hosts of the model at once, since each asks.
void Market::look_at_shares(SharesOfModel& shares, EndpointIndex one_of_them, config::TimePoint now) {
  const std::vector<Endpoint>& endpoints = catalogue_->endpoints();
  const std::size_t model = endpoints[one_of_them].model_index;
  EndpointIndex first = one_of_them;
  while (first > 0 && endpoints[first - 1].model_index == model) --first;
  for (std::size_t check = 0; check < check_count; ++check) {
    median_of_.clear();
    for (EndpointIndex i = first; i < endpoints.size() && endpoints[i].model_index == model; ++i) {
      const ConductFile* file = dossiers_[i].conduct();
      const auto share = file ? known_share(file->test(check)) : std::nullopt;
      if (share) median_of_.push_back(*share);
    }
    std::ranges::sort(median_of_);
    SharesOfModel::OfCheck& all = shares.checks[check];
    all = {.count = median_of_.size()};
    if (median_of_.empty()) continue;
    const std::size_t middle = (median_of_.size() - 1) / 2;
    all.lower = median_of_[middle];
    all.upper = median_of_[std::min(middle + 1, median_of_.size() - 1)];
  }
  shares.until = now + 1s;
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

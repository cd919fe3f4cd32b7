#include "routing/quality/quality_test.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace routing {
namespace {

constexpr double most_evidence = 1e12;
constexpr double least_failing = 1e-4, most_failing = 0.9;

double with_odds(double share, double factor) {
  const double odds = share / (1 - share) * factor;
  return odds / (1 + odds);
}

void forget(double& passed, double& failed, double most) {
  const double all = passed + failed;
  if (all <= most) return;
  passed *= most / all, failed *= most / all;
}

}  // namespace

double QualityTest::evidence() const {
  return std::accumulate(sums_.against.begin(), sums_.against.end(), 0.0) /
         static_cast<double>(sums_.against.size());
}

std::optional<double> QualityTest::failing() const {
  const double all = sums_.recent_passed + sums_.recent_failed;
  return all > 0 ? std::optional(sums_.recent_failed / all) : std::nullopt;
}

std::optional<double> QualityTest::usual_failing(const QualitySettings& settings) const {
  const double all = sums_.usual_passed + sums_.usual_failed;
  return all >= settings.least ? std::optional(sums_.usual_failed / all) : std::nullopt;
}

CheckedShare QualityTest::share(const PeersShare& peers, const QualitySettings& settings) const {
  AnswersByKey::Counts recent{.passed = sums_.recent_passed, .failed = sums_.recent_failed};
  if (!by_key_.is_empty()) recent = by_key(settings).without_worst();
  if (recent.all() < settings.known && regard() != Regard::demoted) return {};
  constexpr double weight = 8, usual = 0.01;
  const double prior = std::isnan(peers.failing) ? usual : peers.failing;
  const double failing = (recent.failed + weight * prior) / (recent.all() + weight);
  return {.failing = static_cast<float>(failing), .regard = std::max(regard(), Regard::usual)};
}

// The share of failures that nobody is blamed for: what may be usual there, or what is usual at others and
// twice that, whichever is less.
std::optional<double> QualityTest::reference(const PeersShare& peers, const QualitySettings& settings) const {
  std::optional<double> result;
  const double all = sums_.usual_passed + sums_.usual_failed;
  if (all >= settings.least) {
    const double share = (sums_.usual_failed + 1) / (all + 2);
    result = share + settings.sure * std::sqrt(share * (1 - share) / all);
  }
  if (!std::isnan(peers.failing)) {
    const double theirs = std::max(2 * peers.failing, peers.failing + 0.03);
    result = std::min(result.value_or(1), theirs);
  }
  if (result) result = std::clamp(*result, least_failing, most_failing);
  return result;
}

// What has become worse everywhere is about the requests.
bool QualityTest::is_worse_than(const PeersShare& peers) const {
  return std::isnan(peers.failing) || failing().value_or(0) > 1.25 * peers.failing;
}

const AnswersByKey& QualityTest::by_key(const QualitySettings& settings) const {
  return by_key_.of_others() >= settings.known ? by_key_ : by_key_for_long_;
}

void QualityTest::set(Regard regard, config::TimePoint now) {
  if (this->regard() == regard) return;
  sums_.regard = static_cast<double>(regard);
  since_ = now;
}

QualityTest::Found QualityTest::observe(Checked outcome, const PeersShare& peers, config::TimePoint now,
                                        const AnswersClient& client, const QualitySettings& settings) {
  if (outcome == Checked::no) return Found::nothing;
  if (outcome == Checked::unjudged) {
    ++sums_.unjudged;
    return Found::nothing;
  }
  pass(now, settings);
  last_ = now;
  const bool failed = outcome == Checked::failed;
  ++(failed ? sums_.failed : sums_.passed);
  ++(failed ? sums_.recent_failed : sums_.recent_passed);
  forget(sums_.recent_passed, sums_.recent_failed, settings.recent);
  if (client.keys > 1) {
    by_key_.note(client.key, failed, settings.recent);
    by_key_for_long_.note(client.key, failed, settings.most);
  } else if (!by_key_.is_empty() || !by_key_for_long_.is_empty()) {  // they are large
    forget_keys();
  }
  Found found = Found::nothing;
  if (regard() == Regard::demoted) {
    found = recover(failed, peers, settings);
  } else if (const auto usual = reference(peers, settings)) {
    found = look(failed, *usual, peers, client, settings);
  }
  switch (found) {
    case Found::nothing:
      break;
    case Found::noted:
      set(Regard::noted, now);
      break;
    case Found::demoted:
      set(Regard::demoted, now);
      break;
    case Found::restored:
      set(Regard::usual, now);
      break;
  }
  join(failed, settings);
  return found;
}

QualityTest::Found QualityTest::look(bool failed, double usual, const PeersShare& peers,
                                     const AnswersClient& client, const QualitySettings& settings) {
  double best = 0;
  for (std::size_t i = 0; i < worse.size(); ++i) {
    const double share = with_odds(usual, worse[i]);
    const double ratio = failed ? share / usual : (1 - share) / (1 - usual);
    double& r = sums_.against[i];
    r = std::min(most_evidence, (r + 1) * ratio);
    if (r <= best) continue;
    best = r;
    sums_.fell_to = share;
  }
  const double found = evidence();
  const bool is_noted = regard() == Regard::noted;
  if (is_noted) ++sums_.noted;
  const auto is_one_clients = [&] { return client.keys > 1 && by_key(settings).are_one_keys(usual); };
  if (found >= settings.demoted_at && is_worse_than(peers) && !is_one_clients()) {
    sums_.fell_from = usual;
    sums_.recovering = 0;
    sums_.noted = 0;
    return Found::demoted;
  }
  if (is_noted && sums_.noted > settings.settled) {
    settle();
    return Found::restored;
  }
  if (!is_noted && found >= settings.noted_at) {
    sums_.noted = 0;
    return Found::noted;
  }
  return is_noted && found < settings.noted_at / 100 ? Found::restored : Found::nothing;
}

// What came to stay is what is usual from now on.
void QualityTest::settle() {
  sums_.usual_passed = sums_.recent_passed, sums_.usual_failed = sums_.recent_failed;
  sums_.against = {};
}

// When it is as before; or when the others have become as bad meanwhile, which says that it was about the
// requests. Where there are no others to tell, what lasts is taken for that.
QualityTest::Found QualityTest::recover(bool failed, const PeersShare& peers,
                                        const QualitySettings& settings) {
  const double from = sums_.fell_from, to = sums_.fell_to;
  const double ratio = failed ? from / to : (1 - from) / (1 - to);
  sums_.recovering = (sums_.recovering + 1) * ratio;
  if (sums_.recovering >= settings.restored_at) {
    sums_.against = {};
    sums_.recent_passed = 0, sums_.recent_failed = 0;
    forget_keys();
    return Found::restored;
  }
  ++sums_.noted;
  const bool is_alone = std::isnan(peers.failing);
  if (is_alone ? sums_.noted <= settings.settled : sums_.noted < settings.recent || is_worse_than(peers))
    return Found::nothing;
  settle();
  return Found::restored;
}

// Answers in which a change begins must not teach what is usual.
void QualityTest::join(bool failed, const QualitySettings& settings) {
  if (regard() > Regard::usual) {
    sums_.block_passed = 0, sums_.block_failed = 0;
    return;
  }
  ++(failed ? sums_.block_failed : sums_.block_passed);
  if (sums_.block_passed + sums_.block_failed < settings.block) return;
  if (evidence() < settings.noted_at / 100) {
    sums_.usual_passed += sums_.block_passed, sums_.usual_failed += sums_.block_failed;
    forget(sums_.usual_passed, sums_.usual_failed, settings.most);
  }
  sums_.block_passed = 0, sums_.block_failed = 0;
}

// Silence is uncertainty: it gets requests again, whatever they require, and of who was demoted a little is
// enough to demote it again.
void QualityTest::pass(config::TimePoint now, const QualitySettings& settings) {
  if (now - last_ < settings.forgiven) return;
  sums_.recent_passed = 0, sums_.recent_failed = 0;
  forget_keys();
  sums_.noted = 0;
  if (regard() != Regard::demoted) return;
  sums_.against.fill(settings.noted_at);
  set(Regard::noted, now);
}

void QualityTest::begin_again(const QualitySettings& settings) {
  if (regard() == Regard::demoted) sums_.recovering = std::max(sums_.recovering, settings.restored_at / 100);
  if (regard() > Regard::usual) return;
  sums_.against = {};
  sums_.block_passed = 0, sums_.block_failed = 0;
  sums_.recent_passed = 0, sums_.recent_failed = 0;
  forget_keys();
}

}  // namespace routing

#include "routing/quality/conduct_file.hpp"

#include <algorithm>

namespace routing {
namespace {

constexpr config::Duration a_day = std::chrono::hours(24);

const QualitySettings& settings_at(std::size_t check) {
  return settings_of(static_cast<Check>(check));
}

// Of canaries a share fails that means nothing by itself: what counts is by how much it has grown, once it
// has.
CheckedShare of_canary(const CheckedShare& share, const std::optional<double>& usual) {
  if (share.regard <= Regard::usual) return {.failing = 0, .regard = share.regard};
  return {.failing = std::max(0.0f, share.failing - static_cast<float>(usual.value_or(0))),
          .regard = share.regard};
}

}  // namespace

bool Fingerprints::is_news(std::uint64_t fingerprint, config::TimePoint now) {
  if (fingerprint == 0 || std::ranges::find(known, fingerprint) != known.end()) return false;
  const bool is_first = seen == 0;
  known[seen++ % known.size()] = fingerprint;
  since = now;
  if (!day || now - *day >= a_day) {
    in_day_before = day && now - *day < 2 * a_day ? in_day : 0;
    day = now;
    in_day = 0;
  }
  ++in_day;
  const bool are_too_many = std::max(in_day, in_day_before) > known.size();
  if (is_first || are_too_many || (news && now - *news < a_day)) return false;
  news = now;
  return true;
}

const PeersShare& ConductFile::peers_of(std::size_t check) const {
  static constexpr PeersShare none{};
  return is_of_canary(static_cast<Check>(check)) ? none : peers_[check];
}

bool ConductFile::is_suspect(Check check) const {
  const QualityTest& test = tests_[static_cast<std::size_t>(check)];
  return test.regard() > Regard::usual || test.evidence() >= settings_of(check).noted_at / 100;
}

// Numbers in which a change begins must not teach what is usual.
void ConductFile::look(const ConductNumbers& numbers, Conduct& conduct) {
  if (const auto& tokens = numbers.prompt_tokens) {
    checked(conduct, Check::prompt_tokens) = prompt_tokens_.judged(*tokens);
    if (!is_suspect(Check::prompt_tokens)) prompt_tokens_.learn(*tokens);
  }
  if (const auto& length = numbers.length) {
    checked(conduct, Check::longer) = length_.judged_above(*length);
    checked(conduct, Check::shorter) = length_.judged_below(*length);
    if (!is_suspect(Check::longer) && !is_suspect(Check::shorter)) length_.learn(*length);
  }
}

bool ConductFile::observe(const Conduct& seen, std::uint64_t fingerprint, Quality& quality,
                          config::TimePoint now, const AnswersClient& client, const ConductNumbers& numbers) {
  bool is_urgent = false;
  if (fingerprints_.is_news(fingerprint, now)) {
    for (std::size_t i = 0; i < check_count; ++i) tests_[i].begin_again(settings_at(i));
  }
  Conduct conduct = seen;
  look(numbers, conduct);
  for (std::size_t i = 0; i < check_count; ++i) {
    const bool was_demoted = tests_[i].regard() == Regard::demoted;
    tests_[i].observe(conduct[i], peers_of(i), now, client, settings_at(i));
    is_urgent = is_urgent || was_demoted != (tests_[i].regard() == Regard::demoted);
  }
  tell(quality);
  return is_urgent;
}

void ConductFile::pass(Quality& quality, config::TimePoint now) {
  for (std::size_t i = 0; i < check_count; ++i) tests_[i].pass(now, settings_at(i));
  tell(quality);
}

void ConductFile::tell(Quality& quality) const {
  for (std::size_t i = 0; i < check_count; ++i) {
    quality[i] = tests_[i].share(peers_of(i), settings_at(i));
    if (is_of_canary(static_cast<Check>(i)))
      quality[i] = of_canary(quality[i], tests_[i].usual_failing(settings_at(i)));
  }
}

QualityEvidence ConductFile::evidence() const {
  QualityEvidence all;
  for (std::size_t i = 0; i < check_count; ++i) {
    const QualityTest& test = tests_[i];
    const QualityTest::Sums& sums = test.sums();
    all.checks[i] = {.regard = test.share(peers_of(i), settings_at(i)).regard,
                     .passed = sums.passed,
                     .failed = sums.failed,
                     .unjudged = sums.unjudged,
                     .failing = test.failing().value_or(unknown),
                     .usual = test.usual_failing(settings_at(i)).value_or(unknown),
                     .peers = peers_of(i).failing,
                     .evidence = test.evidence(),
                     .since = test.since()};
  }
  all.fingerprints = static_cast<int>(fingerprints_.seen);
  all.fingerprint_since = fingerprints_.since;
  return all;
}

ConductMemory ConductFile::memory() const {
  ConductMemory memory{.checks = {},
                       .fingerprints = fingerprints_,
                       .prompt_tokens = prompt_tokens_.sums(),
                       .length = length_.sums()};
  for (std::size_t i = 0; i < check_count; ++i)
    memory.checks[i] = {tests_[i].sums(), tests_[i].since(), tests_[i].last()};
  return memory;
}

void ConductFile::recall(const ConductMemory& memory, config::Duration moved) {
  const auto at = [&](config::TimePoint time) { return time == config::TimePoint{} ? time : time + moved; };
  fingerprints_ = memory.fingerprints;
  prompt_tokens_.recall(memory.prompt_tokens), length_.recall(memory.length);
  fingerprints_.since = at(fingerprints_.since);
  if (fingerprints_.day) *fingerprints_.day += moved;
  if (fingerprints_.news) *fingerprints_.news += moved;
  for (std::size_t i = 0; i < check_count; ++i)
    tests_[i].recall(memory.checks[i].sums, at(memory.checks[i].since), at(memory.checks[i].last));
}

}  // namespace routing

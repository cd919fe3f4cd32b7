#include "routing/quality/conduct_file.hpp"

#include <algorithm>

namespace routing {
namespace {

constexpr config::Duration a_day = std::chrono::hours(24);

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

bool ConductFile::observe(const Conduct& conduct, std::uint64_t fingerprint, Quality& quality,
                          config::TimePoint now, const AnswersClient& client) {
  bool is_urgent = false;
  if (fingerprints_.is_news(fingerprint, now)) {
    for (QualityTest& test : tests_) test.begin_again();
  }
  for (std::size_t i = 0; i < check_count; ++i) {
    const bool was_demoted = tests_[i].regard() == Regard::demoted;
    tests_[i].observe(conduct[i], peers_[i], now, client);
    is_urgent = is_urgent || was_demoted != (tests_[i].regard() == Regard::demoted);
  }
  tell(quality);
  return is_urgent;
}

void ConductFile::pass(Quality& quality, config::TimePoint now) {
  for (QualityTest& test : tests_) test.pass(now);
  tell(quality);
}

void ConductFile::tell(Quality& quality) const {
  for (std::size_t i = 0; i < check_count; ++i) quality[i] = tests_[i].share(peers_[i]);
}

QualityEvidence ConductFile::evidence() const {
  QualityEvidence all;
  for (std::size_t i = 0; i < check_count; ++i) {
    const QualityTest& test = tests_[i];
    const QualityTest::Sums& sums = test.sums();
    all.checks[i] = {.regard = test.share(peers_[i]).regard,
                     .passed = sums.passed,
                     .failed = sums.failed,
                     .unjudged = sums.unjudged,
                     .failing = test.failing().value_or(unknown),
                     .usual = test.usual_failing().value_or(unknown),
                     .peers = peers_[i].failing,
                     .evidence = test.evidence(),
                     .since = test.since()};
  }
  all.fingerprints = static_cast<int>(fingerprints_.seen);
  all.fingerprint_since = fingerprints_.since;
  return all;
}

ConductMemory ConductFile::memory() const {
  ConductMemory memory{.checks = {}, .fingerprints = fingerprints_};
  for (std::size_t i = 0; i < check_count; ++i)
    memory.checks[i] = {tests_[i].sums(), tests_[i].since(), tests_[i].last()};
  return memory;
}

void ConductFile::recall(const ConductMemory& memory, config::Duration moved) {
  const auto at = [&](config::TimePoint time) { return time == config::TimePoint{} ? time : time + moved; };
  fingerprints_ = memory.fingerprints;
  fingerprints_.since = at(fingerprints_.since);
  if (fingerprints_.day) *fingerprints_.day += moved;
  if (fingerprints_.news) *fingerprints_.news += moved;
  for (std::size_t i = 0; i < check_count; ++i)
    tests_[i].recall(memory.checks[i].sums, at(memory.checks[i].since), at(memory.checks[i].last));
}

}  // namespace routing

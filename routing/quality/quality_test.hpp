// How well the answers of an endpoint pass what they are checked on, and when that has become worse: than it
// was there, or than it is at others of the model. A test that may be looked at after every answer, since its
// error does not grow with looking. Pure values; time is an argument, and nothing is drawn.
//
// Source: the Shiryaev-Roberts e-detector of Shin, Ramdas and Rinaldo ("E-detectors: a nonparametric
// framework for sequential change detection", 2023): R <- (R + 1) * likelihood ratio, the mean over several
// worse shares; without a change the mean time until R reaches A is at least A answers (Ville's inequality
// for the sum of e-processes begun at each answer). What is usual is not given but estimated, so the ratio is
// taken against the upper end of what it may be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "routing/quality/answers_by_key.hpp"
#include "routing/quality/regard.hpp"

namespace routing {

struct QualitySettings {
  double noted_at = 2e4;    // mean answers between two false notes, at least
  double demoted_at = 2e5;  // the same of demotions
  double restored_at = 5e4;
  double sure = 2.5;      // standard deviations by which the usual share of failures may be underestimated
  double least = 384;     // answers before anything is usual
  double most = 4096;     // answers that what is usual is made of
  double block = 128;     // answers that join what is usual together, once nothing was found in them
  double recent = 500;    // answers that the present share is made of
  double settled = 3000;  // answers after which what was noted is usual: it is the same at all hosts
  double known = 20;      // answers before decisions read anything
  config::Seconds forgiven{6 * 3600};  // without an answer, after which what came lately says nothing
};
inline constexpr QualitySettings quality_settings{};
// Of canaries, of which there are a hundred a day at most.
inline constexpr QualitySettings canary_settings{.noted_at = 1.5e4,
                                                 .demoted_at = 1.5e5,
                                                 .restored_at = 5e3,
                                                 .sure = 3,
                                                 .least = 24,
                                                 .most = 1024,
                                                 .block = 8,
                                                 .recent = 48,
                                                 .settled = 400,
                                                 .known = 8,
                                                 .forgiven = config::Seconds(7 * 24 * 3600)};
constexpr const QualitySettings& settings_of(Check check) {
  return is_of_canary(check) ? canary_settings : quality_settings;
}

// What others of the model show lately.
struct PeersShare {
  double failing = unknown;  // median share of those that enough is known of
};

// Whom an answer was for.
struct AnswersClient {
  std::uint64_t key = 0;  // of the client key's name; 0 without one
  std::size_t keys = 0;   // that asked lately, wherever
};

// The test of one check at one endpoint.
class QualityTest {
 public:
  static constexpr std::array<double, 4> worse{2, 3, 5, 8};  // odds of a failure, of the usual ones

  struct Sums {
    double passed = 0, failed = 0, unjudged = 0;  // all
    double recent_passed = 0, recent_failed = 0;
    double usual_passed = 0, usual_failed = 0;
    double block_passed = 0, block_failed = 0;
    std::array<double, worse.size()> against{};
    double recovering = 0;
    double regard = 0;
    double fell_from = 0, fell_to = 0;  // shares of failures, of one that was demoted
    double noted = 0;                   // answers since it was, or since it was demoted
  };

  // What was found out with this answer.
  enum class Found { nothing, noted, demoted, restored };
  // Where there are several keys, requests of one alone demote nobody for the others, however many they are:
  // those of another one must fail, too.
  Found observe(Checked outcome, const PeersShare& peers, config::TimePoint now,
                const AnswersClient& client = {}, const QualitySettings& settings = quality_settings);
  // Time without answers: what it did lately is forgotten in the end, and with it who was demoted is tried
  // again.
  void pass(config::TimePoint now, const QualitySettings& settings = quality_settings);
  // The host says that it runs something else. What was usual there stays what it is measured by, since what
  // runs now may be worse; but nothing that was found lately is held against it. Words alone lift no regard:
  // who is demoted comes back sooner, by its answers.
  void begin_again(const QualitySettings& settings = quality_settings);

  // Unseen while there are few answers lately; where there are several keys, of all but the one without which
  // it looks best.
  CheckedShare share(const PeersShare& peers, const QualitySettings& settings = quality_settings) const;
  Regard regard() const { return static_cast<Regard>(static_cast<int>(sums_.regard)); }
  // How much more likely what came is, were it worse: the mean over `worse`.
  double evidence() const;
  std::optional<double> usual_failing(const QualitySettings& settings = quality_settings) const;
  // Lately; nothing without answers.
  std::optional<double> failing() const;
  config::TimePoint since() const { return since_; }  // when the regard changed last

  const Sums& sums() const { return sums_; }
  void recall(const Sums& sums, config::TimePoint since, config::TimePoint last) {
    sums_ = sums, since_ = since, last_ = last;
  }
  config::TimePoint last() const { return last_; }

 private:
  std::optional<double> reference(const PeersShare& peers, const QualitySettings& settings) const;
  Found look(bool failed, double usual, const PeersShare& peers, const AnswersClient& client,
             const QualitySettings& settings);
  Found recover(bool failed, const PeersShare& peers, const QualitySettings& settings);
  void settle();
  void join(bool failed, const QualitySettings& settings);
  void set(Regard regard, config::TimePoint now);
  bool is_worse_than(const PeersShare& peers) const;
  const AnswersByKey& by_key(const QualitySettings& settings) const;
  void forget_keys() { by_key_ = by_key_for_long_ = {}; }

  Sums sums_;
  // With several keys only; forgotten over a restart. The second one remembers longer, for where hardly any
  // are of others.
  AnswersByKey by_key_, by_key_for_long_;
  config::TimePoint since_{};
  config::TimePoint last_{};
};

}  // namespace routing

// What is kept of how an endpoint's answers pass their checks, and of what it says that it runs. Belongs to
// the market.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "routing/quality/quality_test.hpp"
#include "routing/quality/usual_number.hpp"

namespace routing {

using AllPeers = std::array<PeersShare, check_count>;  // by Check

// Names of what a host runs, as hashes: a fleet of machines has several at a time. The oldest is forgotten.
// Where there are more than are kept, or each answer has its own, none says anything.
struct Fingerprints {
  std::array<std::uint64_t, 8> known{};
  std::uint32_t seen = 0;     // different ones, in all
  config::TimePoint since{};  // when the newest was seen first
  // Not kept in files.
  std::optional<config::TimePoint> day{};       // when it began
  std::optional<config::TimePoint> news{};      // when there was some last
  std::uint32_t in_day = 0, in_day_before = 0;  // new ones

  // Whether it is new, and not the first, nor one of very many; once a day at most.
  bool is_news(std::uint64_t fingerprint, config::TimePoint now);
};

// Numbers of an answer whose logarithms are looked at beside what is usual at the host.
struct ConductNumbers {
  std::optional<double> prompt_tokens{};  // over what our estimate led one to expect of the client's prompts
  std::optional<double> length{};         // over what such requests get
};

struct ConductMemory {
  struct OfCheck {
    QualityTest::Sums sums{};
    config::TimePoint since{}, last{};
  };
  std::array<OfCheck, check_count> checks{};
  Fingerprints fingerprints{};
  UsualNumber::Sums prompt_tokens{}, length{};
};

class ConductFile {
 public:
  // Whether decisions should know at once.
  bool observe(const Conduct& conduct, std::uint64_t fingerprint, Quality& quality, config::TimePoint now,
               const AnswersClient& client = {}, const ConductNumbers& numbers = {});
  void pass(Quality& quality, config::TimePoint now);

  const QualityTest& test(std::size_t check) const { return tests_[check]; }
  // Others' shares are looked up now and then.
  bool wants_peers(config::TimePoint now) const { return now >= peers_until_; }
  void set_peers(const AllPeers& peers, config::TimePoint until) { peers_ = peers, peers_until_ = until; }
  QualityEvidence evidence() const;

  ConductMemory memory() const;
  void recall(const ConductMemory& memory, config::Duration moved);

 private:
  void tell(Quality& quality) const;
  void look(const ConductNumbers& numbers, Conduct& conduct);
  bool is_suspect(Check check) const;
  // What others show says nothing of canaries, which are measured by the host's own past alone.
  const PeersShare& peers_of(std::size_t check) const;

  std::array<QualityTest, check_count> tests_{};
  AllPeers peers_{};
  config::TimePoint peers_until_{};
  Fingerprints fingerprints_;
  UsualNumber prompt_tokens_, length_;
};

}  // namespace routing

// Policies that run in shadow: each decision is taken under them, too, once its request is over, by the same
// plan() about what the decision saw, and the difference is added up for each policy in force, shadow and
// model. Nobody is asked because of them and no request waits. What that takes is bounded: so many hosts are
// looked at in a second; requests beyond are left out and counted. Belongs to the control loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/observe/late_look.hpp"
#include "gateway/observe/market_past.hpp"
#include "gateway/observe/record.hpp"
#include "routing/market/market_memory.hpp"
#include "routing/policy/policy_set.hpp"
#include "routing/replay/running_mean.hpp"
#include "routing/replay/shadow.hpp"
#include "routing/replay/stage.hpp"

namespace gateway {

// What is known of one shadow beside one policy, for one model. What it adds to a request in the mean; less
// than zero: what it saves.
struct ShadowStanding {
  std::string policy, shadow, model;
  std::uint64_t judged = 0;
  // Requests that say nothing of the difference, by why.
  std::uint64_t forbidden = 0, unserved = 0, unmeasured = 0;
  double moved = 0;  // of the judged ones, the share that another host would have got
  routing::Interval cost{}, dollars{}, seconds{};

  // `unmeasured`: of so many that the others say too little.
  enum class Verdict {
    too_few,
    unsure,
    better,
    worse,
    forbidden,
    unserved,
    unmeasured
  } verdict = Verdict::too_few;
};
std::string_view to_text(ShadowStanding::Verdict verdict);

class Shadows {
 public:
  // A host takes about 300 ns for each shadow: 6 % of a core at most.
  static constexpr std::uint64_t most_looks = 200'000;
  static constexpr std::size_t most_rows = 500;
  static constexpr config::Duration block = std::chrono::seconds(10);
  static constexpr std::uint64_t least_in_block = 10;

  // Those of the catalogue's settings. What is known of policies that stay the same goes on.
  void adopt(std::shared_ptr<const routing::Catalogue> catalogue, const routing::PolicySet& policies);
  bool is_empty() const { return names_.empty(); }
  // What decisions from now on see.
  void keep(const std::shared_ptr<const routing::Snapshot>& published) {
    if (!is_empty()) past_.keep(published);
  }
  // Which day it is, by its begin in seconds since 1970, and the share of it that has passed: budgets of
  // policies are of days.
  void pass(std::int64_t day, double share);
  // `policies` are those of the catalogue adopted.
  void judge(std::span<const RecordPtr> records, const routing::PolicySet& policies, config::TimePoint now,
             LateLook& look);

  std::vector<ShadowStanding> standings() const;
  // To be kept over a restart; and what another process knew of the same policies.
  std::vector<routing::ShadowMemory> memory() const;
  void recall(const std::vector<routing::ShadowMemory>& memory, config::TimePoint now);
  // Requests that there was no time for, or that no longer could be judged.
  std::uint64_t left_out() const { return left_out_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // policy, shadow, model
  struct Row {
    std::uint64_t hash = 0;  // of both policies
    std::uint64_t judged = 0, forbidden = 0, unserved = 0, unmeasured = 0;
    double moved = 0;
    routing::RunningMean cost, dollars, seconds;
    config::TimePoint block_began{};
    // What all that was judged would have been billed on a day; of others what it was.
    std::int64_t day = 0;
    double dollars_of_day = 0;

    void pay(double billed, std::int64_t today);
    void add(const routing::ShadowFinding& finding, config::TimePoint now);
  };
  bool can_afford(std::uint64_t looks, config::TimePoint now);
  // False where it says nothing.
  bool judge_one(const Record& record, const routing::Policy& shadow, const routing::Snapshot& seen,
                 config::TimePoint now);
  Row* row_of(const Record& record, const std::string& shadow);
  // What money counts under a policy with a budget, had it decided all that the one in force did.
  double money_of(const std::string& policy, const routing::Policy& shadow) const;
  // Of what the two mean for everybody who asks; 0: one of them is not there.
  std::uint64_t hash_of(const std::string& policy, const std::string& shadow) const;

  std::vector<std::string> names_;
  std::map<std::string, std::uint64_t> hashes_;  // of policies
  std::shared_ptr<const routing::Catalogue> catalogue_;
  std::optional<routing::Stage> stage_;
  std::uint64_t shown_ = 0;  // version on the stage; 0: none
  MarketPast past_;
  std::map<Key, Row> rows_;
  std::uint64_t left_out_ = 0;
  std::int64_t day_ = 0;
  double share_of_day_ = 0;
  config::TimePoint second_{};
  std::uint64_t looks_ = 0;  // in it
};

}  // namespace gateway

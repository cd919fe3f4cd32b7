// What is known of every endpoint from the replies it gave. Market belongs to the control loop, its single
// writer; what it publishes is immutable (snapshot.hpp).
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "routing/market/active_keys.hpp"
#include "routing/market/dossier.hpp"
#include "routing/market/glimpse.hpp"
#include "routing/market/lengths.hpp"
#include "routing/market/market_memory.hpp"
#include "routing/market/prompt_scales.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/market/suspicion.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

class Market {
 public:
  // What is thought of how hosts bear load: smoothly, or with a threshold where queues and refusals begin.
  // The first one is for seeing what the second one is worth.
  enum class LoadModel { smooth, with_thresholds };
  Market(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now,
         LoadModel load = LoadModel::with_thresholds);

  // What attempts show is learned when they show it, each fact once (Attempt::told); `now` is when it
  // happened. Attempts of an earlier generation count, too, where their endpoint goes on.
  //
  // The first content of an answer came.
  void begins(const Attempt& attempt, const AskedFor& asked, config::TimePoint now);
  // The attempt ended.
  void ends(const Attempt& attempt, const AskedFor& asked, config::TimePoint now);
  // Its request ended: what was not told yet, and what only the whole request says.
  void observe(const Attempt& attempt, const Demand& demand, config::TimePoint now);
  // An engine of one's own was looked at, while this gateway had `own` attempts under way at the endpoint.
  // What it says stays until the next look. Returns whether that changes anything.
  bool hears(EndpointIndex index, const EngineReport& report, double own, config::TimePoint now);
  // What a canary showed there (routing/quality/canary.hpp); nothing else is learned from it.
  void hears_canary(EndpointIndex index, const Conduct& conduct, config::TimePoint now);
  // From now on what is learned here is kept for other gateways, until it is taken.
  void keep_glimpses() { keeps_glimpses_ = true; }
  std::vector<Glimpse> take_glimpses() { return glimpses_.take(); }
  std::uint64_t glimpses_left_out() const { return glimpses_.left_out(); }
  // What another gateway saw. A refusal there is a pause here only where the host asked for one, and a
  // failure says nothing where an answer began here since. Returns whether it is news: neither too old, nor
  // older than what was seen here.
  bool learns_from(const Glimpse& glimpse, config::TimePoint now);
  // So many requests are under way there for other gateways; where an engine says what it runs, these are
  // among them already. Returns whether that changes anything.
  bool others_have(EndpointIndex index, double others);
  // A host's state changed so that waiting for the next regular snapshot would hurt. Until the next snapshot.
  bool flipped() const { return flipped_; }
  std::shared_ptr<const Snapshot> snapshot(config::TimePoint now);
  // What is known now, to be looked at and not to be decided on: no version of its own, and no prefixes.
  std::shared_ptr<const Snapshot> seen(config::TimePoint now);
  // To be kept over a restart.
  MarketMemory memory(config::TimePoint now);
  // Takes up what another process knew: of endpoints that are still the same. Time since then makes it as
  // uncertain as silence would. At the start, before anything else. Returns how many endpoints that are.
  std::size_t recall(const MarketMemory& memory, config::Duration age, config::TimePoint now);
  // Takes a new generation; keeps what is known of endpoints that go on (succession.hpp).
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now);

 private:
  // Windows and priors move slowly: each endpoint's turn comes once in this time, spread over the snapshots
  // so that none of them is dear.
  static constexpr config::Duration refresh_period = std::chrono::seconds(1);

  std::shared_ptr<Snapshot> picture(config::TimePoint now);
  void learn(const Attempt& attempt, const Demand& demand, config::TimePoint now);
  void learn_begins(EndpointIndex index, const Attempt& attempt, const AskedFor& asked,
                    config::TimePoint now);
  void learn_counts(const Glimpse& glimpse);
  void note(const Glimpse& glimpse, EndpointIndex index);
  std::optional<EndpointIndex> current_index(const Attempt& attempt) const;
  EndpointState& state_at(EndpointIndex index, config::TimePoint now);
  void learn_conduct(EndpointIndex index, const Attempt& attempt, const Demand& demand,
                     config::TimePoint now);
  // What its numbers are beside what such requests usually show.
  ConductNumbers numbers_of(const Attempt& attempt, const Demand& demand);
  AllPeers peers_of(EndpointIndex index, config::TimePoint now);
  // How often answers fail each check at the hosts of a model lately: the two in the middle, of so many.
  struct SharesOfModel {
    struct OfCheck {
      double lower = unknown, upper = unknown;
      std::size_t count = 0;
    };
    std::array<OfCheck, check_count> checks{};
    config::TimePoint until{};
  };
  void look_at_shares(SharesOfModel& shares, EndpointIndex one_of_them, config::TimePoint now);
  void publish_evidence();
  void observe_health(EndpointIndex index, const Attempt& attempt, Health::Seen seen, config::TimePoint now);
  void refresh(config::TimePoint now);
  void refresh_prior(std::size_t model, EndpointIndex first);
  SpeedPrior prior_of(EndpointIndex index) const;

  // An earlier generation that attempts under way may still belong to.
  struct Former {
    std::uint64_t generation = 0;
    std::vector<std::optional<EndpointIndex>> today;  // by its own EndpointIndex
  };

  const LoadModel load_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<Former> former_;         // the newest last
  std::vector<EndpointState> states_;  // by EndpointIndex
  std::vector<Dossier> dossiers_;      // by EndpointIndex
  std::vector<Suspicion> suspicions_;  // by EndpointIndex
  std::vector<Measured> half_hour_;    // by EndpointIndex
  // What was seen here last, of whatever kind, and the last beginning of an answer.
  struct Here {
    config::TimePoint seen = config::TimePoint::min(), answered = config::TimePoint::min();
  };
  std::vector<Here> here_;  // by EndpointIndex
  bool keeps_glimpses_ = false;
  Glimpses glimpses_;
  std::vector<SpeedPrior> priors_;     // by Endpoint::model_index
  std::vector<SharesOfModel> shares_;  // by Endpoint::model_index
  std::vector<double> median_of_;      // scratch
  Lengths lengths_;
  ActiveKeys active_keys_;
  PromptScales prompt_scales_;
  PrefixIndex prefixes_;
  std::shared_ptr<const LengthTable> published_lengths_;
  std::shared_ptr<const std::vector<Measured>> published_half_hour_;
  std::shared_ptr<const std::vector<QualityEvidence>> published_evidence_;
  config::TimePoint published_{};  // when the slow parts were
  config::TimePoint refreshed_{};
  std::size_t next_to_refresh_ = 0;
  std::uint64_t version_ = 0;
  bool flipped_ = false;
};

}  // namespace routing

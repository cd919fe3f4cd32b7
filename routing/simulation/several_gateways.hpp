// The traffic of one simulation over several gateways, each of which decides by its own market and its own
// requests under way. They tell each other what they measure as they do live, or nothing. Belongs to one
// simulation.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "routing/exchange/hearing.hpp"
#include "routing/exchange/telling.hpp"
#include "routing/simulation/core_contender.hpp"

namespace routing {

class SeveralGateways final : public Contender {
 public:
  enum class Exchange { told, nothing };
  // `policy` must outlive this.
  SeveralGateways(const Policy& policy, CoreParts without, std::size_t count, Exchange exchange,
                  std::shared_ptr<const Catalogue> catalogue, config::TimePoint now);

  const Policy& terms() const override { return gateways_.front()->core.terms(); }
  Turn choose(const Situation& situation) override;
  std::optional<Ask> hedge(const Situation& situation) override;
  void dispatched(EndpointIndex endpoint, config::TimePoint now) override;
  void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) override;

 private:
  struct Gateway {
    Gateway(const Policy& policy, CoreParts without, const std::shared_ptr<const Catalogue>& catalogue,
            std::uint64_t sender, config::TimePoint now);
    CoreContender core;
    InFlight own;
    Telling telling;
    Hearing hearing;
    config::TimePoint next_exchange;
    std::uint64_t read = 0;  // bulletins
  };
  struct UnderWay {
    const Demand* demand = nullptr;
    EndpointIndex endpoint = 0;
    config::TimePoint dispatched{};
    int in_flight = 0;  // as its gateway knew it
    bool is_trial = false;
  };
  struct Posted {
    config::TimePoint at{};
    std::string bytes;
  };

  void pass(config::TimePoint now);
  void exchange(Gateway& gateway, config::TimePoint now);
  Gateway& gateway_of(const Demand& demand) { return *gateways_[home_.at(&demand)]; }
  std::deque<UnderWay>::iterator find(const Attempt& attempt, const Demand& demand);
  void end_trial(UnderWay& attempt);

  const Exchange exchange_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<std::unique_ptr<Gateway>> gateways_;
  std::unordered_map<const Demand*, std::size_t> home_;  // whose request it is
  std::deque<UnderWay> under_way_;
  UnderWay next_;  // what is dispatched next
  std::deque<Posted> board_;
  std::uint64_t taken_off_ = 0;  // of the board's begin
};

}  // namespace routing

// A balancer in the same retry loop as isocost's core: it sees the hosts that a request fits, that it has not
// asked yet, that a policy's rules allow, and that have not asked to be left alone. Belongs to one
// simulation.
#pragma once

#include <vector>

#include "routing/simulation/balancer.hpp"

namespace routing {

class Baseline final : public Contender {
 public:
  // Of `rules` only what is forbidden under all circumstances holds here.
  Baseline(std::unique_ptr<Balancer> balancer, std::shared_ptr<const Catalogue> catalogue,
           const Policy& rules);

  const Policy& terms() const override { return terms_; }
  Turn choose(const Situation& situation) override;
  std::optional<Ask> hedge(const Situation&) override { return std::nullopt; }
  void dispatched(EndpointIndex endpoint, config::TimePoint now) override;
  void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) override;
  void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) override;

 private:
  bool fits(EndpointIndex endpoint, const Situation& situation) const;

  Policy terms_;
  Policy rules_;
  std::unique_ptr<Balancer> balancer_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<config::TimePoint> cooling_until_;
  std::vector<EndpointIndex> eligible_;
};

}  // namespace routing

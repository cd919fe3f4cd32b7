#include "routing/replay/shadow.hpp"

#include <algorithm>
#include <cmath>

#include "routing/replay/afterwards.hpp"

namespace routing {
namespace {

// Of a choice that is as good as never made, nobody need know much.
constexpr double hardly = 0.01;

struct Mean {
  double probability = 0, cost = 0, dollars = 0, seconds = 0;

  void add(double chance, const CostAfterwards& there) {
    probability += chance;
    cost += chance * there.cost;
    dollars += chance * there.dollars;
    seconds += chance * there.seconds;
  }
  // Of what is known, for all of it.
  bool settle() {
    if (!(probability > 0.5)) return false;
    for (double* const each : {&cost, &dollars, &seconds}) *each /= probability;
    return std::isfinite(cost) && std::isfinite(dollars) && std::isfinite(seconds);
  }
};

// Under `allow`, and under what always holds, which the other policy has as well.
bool is_forbidden(const SeenVerdict* seen) {
  if (!seen) return false;
  const auto removal = static_cast<Removal>(seen->removal);
  return removal == Removal::always || removal == Removal::policy_allow;
}

}  // namespace

std::optional<ShadowFinding> compared(const Decision& shadow, const Policy& in_force, const Snapshot& after,
                                      const Demand& demand, const LoggedDecision& logged,
                                      const Attempt* answer, config::TimePoint now) {
  if (!logged.chosen || logged.not_kept > 0) return std::nullopt;
  if (!shadow.chosen) return ShadowFinding{.what = ShadowFinding::What::unserved};
  const std::size_t count = after.endpoints.size();
  const auto seen = [&](EndpointIndex endpoint) -> const SeenVerdict* {
    const auto found = std::ranges::find(logged.seen_of, endpoint, &SeenVerdict::endpoint);
    return found == logged.seen_of.end() ? nullptr : &*found;
  };
  const Afterwards afterwards(after, in_force, demand, logged, answer, now);
  const auto demoted = [](bool is_demoted) {
    return is_demoted ? Afterwards::Demoted::yes : Afterwards::Demoted::no;
  };
  Mean other, own;
  double same = 0, unmeasured = 0;
  for (const Verdict& verdict : shadow.verdicts) {
    const double chance = verdict.propensity;
    if (!(chance > 0) || verdict.endpoint >= count) continue;
    const SeenVerdict* const before = seen(verdict.endpoint);
    if (is_forbidden(before)) return ShadowFinding{.what = ShadowFinding::What::forbidden};
    if (before) same += std::min(chance, static_cast<double>(before->propensity));
    if (!afterwards.is_measured(verdict.endpoint)) unmeasured += chance;
    other.add(chance, afterwards.at(verdict.endpoint, demoted(verdict.prediction.is_demoted)));
  }
  for (const SeenVerdict& each : logged.seen_of) {
    if (!(each.propensity > 0) || each.endpoint >= count) continue;
    if (!afterwards.is_measured(each.endpoint)) unmeasured += each.propensity;
    const bool is_demoted = (each.flags & SeenVerdict::is_demoted) != 0;
    own.add(each.propensity, afterwards.at(each.endpoint, demoted(is_demoted)));
  }
  if (unmeasured > hardly) return ShadowFinding{.what = ShadowFinding::What::unmeasured};
  if (!other.settle() || !own.settle()) return std::nullopt;
  return ShadowFinding{.moved = std::clamp(1 - same, 0.0, 1.0),
                       .cost = other.cost - own.cost,
                       .dollars = other.dollars - own.dollars,
                       .seconds = other.seconds - own.seconds};
}

}  // namespace routing

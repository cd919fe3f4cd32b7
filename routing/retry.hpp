// Decides whether a failed attempt is followed by another, and when. Pure.
#pragma once

#include <string_view>
#include <variant>

#include "routing/demand.hpp"
#include "routing/outcome.hpp"
#include "routing/policy.hpp"

namespace routing {

struct RetryAt {
  config::TimePoint time{};
  // Whether the endpoint that failed may be asked once more (nothing was sent, or a reused connection died).
  enum class Where { elsewhere, same_endpoint_too } where = Where::elsewhere;
};
struct GiveUp {
  std::string_view because;
};
using NextStep = std::variant<RetryAt, GiveUp>;

// Retries beyond the first attempts: at most 20 % of requests plus 5 per 10 s. Belongs to one data loop.
class RetryBudget {
 public:
  void count_request(config::TimePoint now);
  // Takes one retry when there is one.
  bool take(config::TimePoint now);

 private:
  double tokens_ = 5;
  config::TimePoint refilled_{};
};

// `attempts` ends with the attempt that failed. `draw` is uniform in [0, 1), for jitter.
NextStep after_failure(const Attempts& attempts, const Demand& demand, const Policy& policy,
                       config::TimePoint now, double draw);

}  // namespace routing

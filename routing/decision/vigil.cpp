#include "routing/decision/vigil.hpp"

#include <algorithm>
#include <cmath>

namespace routing {

config::Duration text_patience(const Measured& measured, const config::ProviderLimits& limits,
                               const Demand& demand) {
  constexpr double least = 5;  // seconds
  const double most = config::Seconds(limits.progress_timeout).count();
  const double gap = measured.gap.p99;
  const bool may_call_tools = demand.needs.test(static_cast<std::size_t>(config::Feature::tools));
  const bool is_known = !std::isnan(gap) && !may_call_tools;
  const double patience = is_known ? std::min(std::max(least, 8 * gap), most) : most;
  return std::chrono::duration_cast<config::Duration>(config::Seconds(patience));
}

Vigil::Vigil(const Limits& limits) : limits_(limits) {
  await_answer(limits.head);
}

void Vigil::await_answer(config::TimePoint head) {
  const config::TimePoint silent = std::min(head, limits_.first);
  why_first_ = limits_.deadline < silent ? FailureKind::deadline : FailureKind::first_token_timeout;
  first_ = std::min(limits_.deadline, silent);
}

void Vigil::saw_body(config::TimePoint now) {
  begun_ = true;
  why_first_ = FailureKind::deadline;
  first_ = limits_.deadline;
  liveness_ = now + limits_.liveness;
}

void Vigil::saw_end(config::TimePoint now, config::Duration patience) {
  first_ = progress_ = never;
  liveness_ = now + patience;
}

void Vigil::goes_on(config::TimePoint now) {
  if (liveness_ != never) liveness_ = std::max(liveness_, now + limits_.liveness);
  if (progress_ != never) progress_ = std::max(progress_, now + limits_.text);
}

Vigil::End Vigil::end() const {
  if (first_ <= liveness_ && first_ <= progress_) return {first_, why_first_};
  return {std::min(liveness_, progress_), FailureKind::stalled_stream};
}

}  // namespace routing

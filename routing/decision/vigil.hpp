// How long an attempt may show nothing before it is given up, and what it has failed by then. Pure: live
// attempts and simulated ones are watched by the same. Belongs to one attempt.
//   until the reply begins: longest_without_head (patience.hpp)
//   until the answer begins: longest_silence (patience.hpp), and the request's deadline
//   between two bytes, comments included: ProviderLimits::liveness_timeout
//   between two parts of the answer: text_patience within text, else ProviderLimits::progress_timeout
// One timer alone kills healthy reasoning, or lets streams hang that send only comments.
#pragma once

#include "config/values/settings.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

enum class StreamPart {
  hidden,
  text
};  // thinking and tool arguments, which may pause for long; what is read

// max(5 s, 8 · p99 of the gaps between two deltas), at most `progress_timeout`, which it also is where no gap
// of the endpoint was measured, and where tools may be called: some hosts send no arguments until they are
// whole.
config::Duration text_patience(const Measured& measured, const config::ProviderLimits& limits,
                               const Demand& demand);

class Vigil {
 public:
  struct Limits {
    config::TimePoint first;     // until then something of the answer must show
    config::TimePoint deadline;  // the request's, for what must be complete to be of use
    config::Duration liveness;
    config::Duration progress;
    config::Duration text;
    config::TimePoint head = config::TimePoint::max();  // until then its reply must begin
  };
  explicit Vigil(const Limits& limits);

  // The reply began. Whether that changes when it is given up.
  bool saw_head() {
    const bool was_awaited = !begun_ && limits_.head != never;
    if (was_awaited) await_answer(never);
    return was_awaited;
  }
  // Something came that shows the host is alive; before the answer begins only that limit counts.
  void saw_bytes(config::TimePoint now) {
    if (begun_) liveness_ = now + limits_.liveness;
  }
  // Something came that the client wants.
  void saw_content(StreamPart part, config::TimePoint now) {
    begun_ = true;
    first_ = never;
    liveness_ = now + limits_.liveness;
    progress_ = now + (part == StreamPart::text ? limits_.text : limits_.progress);
  }
  // A part of a whole reply came. Until it is complete the client has nothing, so that the deadline stays.
  void saw_body(config::TimePoint now);
  // Only the end is missing, which is worth that long.
  void saw_end(config::TimePoint now, config::Duration patience);
  // While the client held the stream back, the host was not to blame for the time.
  void goes_on(config::TimePoint now);

  struct End {
    config::TimePoint at;
    FailureKind why;
  };
  // When it is given up, should nothing more come.
  End end() const;

 private:
  static constexpr config::TimePoint never = config::TimePoint::max();

  void await_answer(config::TimePoint head);

  Limits limits_;
  bool begun_ = false;
  FailureKind why_first_;
  config::TimePoint first_;
  config::TimePoint liveness_ = never;
  config::TimePoint progress_ = never;
};

}  // namespace routing

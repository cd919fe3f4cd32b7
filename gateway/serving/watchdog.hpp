// The limits on one exchange with a host: until the first token, between bytes, between content. When one
// passes, or the client leaves, the exchange is aborted, and `why` says which. Belongs to one attempt.
#pragma once

#include <algorithm>
#include <optional>

#include "config/values/settings.hpp"
#include "gateway/request/interruption.hpp"
#include "providers/host/provider.hpp"
#include "providers/loop/timer.hpp"

namespace gateway {

class Watchdog final : public Interruptible {
 public:
  // All must outlive the watchdog. Begins with the limit until something is to be seen of the answer, or the
  // earlier `deadline`.
  Watchdog(providers::Exchange& exchange, providers::Timer& timer, const config::ProviderLimits& limits,
           config::TimePoint first_token, config::TimePoint deadline, Interruption& interruption)
      : exchange_(exchange), timer_(timer), limits_(limits), deadline_(deadline), aim_(interruption, *this) {
    until_first_ =
        deadline < first_token ? routing::FailureKind::deadline : routing::FailureKind::first_token_timeout;
    timer_.set(first_token_, std::min(deadline, first_token));
  }

  // Something came that shows the host is alive; before the first token only that limit counts.
  void saw_bytes(config::TimePoint now) {
    if (has_begun_) timer_.set(liveness_, now + limits_.liveness_timeout);
  }
  // Something came that the client wants.
  void saw_content(config::TimePoint now) {
    if (!has_begun_) {
      has_begun_ = true;
      first_token_.cancel();
      timer_.set(liveness_, now + limits_.liveness_timeout);
    }
    timer_.set(progress_, now + limits_.progress_timeout);
  }
  // A part of a whole reply came. Until it is complete the client has nothing, so that the deadline stays.
  void saw_body(config::TimePoint now) {
    if (!has_begun_) {
      has_begun_ = true;
      until_first_ = routing::FailureKind::deadline;
      timer_.set(first_token_, deadline_);
    }
    timer_.set(liveness_, now + limits_.liveness_timeout);
  }
  // The host refused: what it says of that is worth a moment only.
  void saw_refusal(config::TimePoint now) { saw_end(now, patience_for_reason); }
  // All that the client wants has come; only the end of the reply is missing.
  void saw_end(config::TimePoint now) { saw_end(now, patience_for_end); }
  // While the client holds the stream back, the host is not to blame for the time.
  void hold() { held_ = true; }
  void release() { held_ = false; }
  std::optional<routing::FailureKind> why() const { return why_; }

  void interrupt(routing::FailureKind why) override { stop(why); }

 private:
  // The client's next request waits meanwhile, where it uses its connection again.
  static constexpr config::Duration patience_for_end = std::chrono::milliseconds(100);
  static constexpr config::Duration patience_for_reason = std::chrono::seconds(2);

  struct Bite final : providers::Alarm {
    Bite(Watchdog& owner, routing::FailureKind kind) : dog(owner), failure(kind) {}
    void ring() override {
      if (dog.held_) {
        dog.timer_.set(*this, dog.timer_.now() + dog.limits_.liveness_timeout);
      } else {
        dog.stop(failure == routing::FailureKind::first_token_timeout ? dog.until_first_ : failure);
      }
    }
    Watchdog& dog;
    routing::FailureKind failure;
  };
  void saw_end(config::TimePoint now, config::Duration patience) {
    first_token_.cancel();
    progress_.cancel();
    timer_.set(liveness_, now + patience);
  }
  void stop(routing::FailureKind why) {
    if (why_) return;
    why_ = why;
    exchange_.abort();
  }

  providers::Exchange& exchange_;
  providers::Timer& timer_;
  const config::ProviderLimits& limits_;
  const config::TimePoint deadline_;
  Bite first_token_{*this, routing::FailureKind::first_token_timeout};
  Bite liveness_{*this, routing::FailureKind::stalled_stream};
  Bite progress_{*this, routing::FailureKind::stalled_stream};
  routing::FailureKind until_first_ = routing::FailureKind::first_token_timeout;
  std::optional<routing::FailureKind> why_{};
  bool has_begun_ = false;
  bool held_ = false;
  Interruption::Aim aim_;  // last: it may interrupt at once
};

}  // namespace gateway

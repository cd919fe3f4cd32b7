// Ends an exchange with a host that shows too little, by the attempt's vigil, or when the client leaves;
// `why` says what for. Belongs to one attempt.
#pragma once

#include <optional>
#include <utility>

#include "gateway/request/interruption.hpp"
#include "providers/host/provider.hpp"
#include "providers/loop/timer.hpp"
#include "routing/decision/vigil.hpp"

namespace gateway {

class Watchdog final : public Interruptible, private providers::Alarm {
 public:
  // All must outlive the watchdog.
  Watchdog(providers::Exchange& exchange, providers::Timer& timer, const routing::Vigil::Limits& limits,
           Interruption& interruption)
      : exchange_(exchange), timer_(timer), vigil_(limits), aim_(interruption, *this) {
    keep_watch();
  }

  // The reply began.
  void saw_head() {
    if (vigil_.saw_head()) keep_watch();
  }
  // Something came that shows the host is alive; before the answer begins only that limit counts.
  void saw_bytes(config::TimePoint now) {
    vigil_.saw_bytes(now);
    keep_watch();
  }
  // Something came that the client wants.
  void saw_content(routing::StreamPart part, config::TimePoint now) {
    vigil_.saw_content(part, now);
    keep_watch();
  }
  // A part of a whole reply came.
  void saw_body(config::TimePoint now) {
    vigil_.saw_body(now);
    keep_watch();
  }
  // The host refused: what it says of that is worth a moment only.
  void saw_refusal(config::TimePoint now) { saw_end(now, patience_for_reason); }
  // All that the client wants has come; only the end of the reply is missing.
  void saw_end(config::TimePoint now) { saw_end(now, patience_for_end); }
  // While the client holds the stream back, the host is not to blame for the time.
  void hold() { is_held_ = true; }
  void release() {
    is_held_ = false;
    if (!std::exchange(rang_while_held_, false)) return;
    vigil_.goes_on(timer_.now());
    keep_watch();
  }
  std::optional<routing::FailureKind> why() const { return why_; }

  void interrupt(routing::FailureKind why) override { stop(why); }

 private:
  // The client's next request waits meanwhile, where it uses its connection again.
  static constexpr config::Duration patience_for_end = std::chrono::milliseconds(100);
  static constexpr config::Duration patience_for_reason = std::chrono::seconds(2);
  static constexpr config::Duration between_looks = std::chrono::seconds(1);  // while it is held

  void saw_end(config::TimePoint now, config::Duration patience) {
    vigil_.saw_end(now, patience);
    keep_watch();
  }
  void keep_watch() { timer_.set(*this, vigil_.end().at); }
  void ring() override {
    if (is_held_) {
      rang_while_held_ = true;
      timer_.set(*this, timer_.now() + between_looks);
    } else {
      stop(vigil_.end().why);
    }
  }
  void stop(routing::FailureKind why) {
    if (why_) return;
    why_ = why;
    exchange_.abort();
  }

  providers::Exchange& exchange_;
  providers::Timer& timer_;
  routing::Vigil vigil_;
  std::optional<routing::FailureKind> why_{};
  bool is_held_ = false;
  bool rang_while_held_ = false;
  Interruption::Aim aim_;  // last: it may interrupt at once
};

}  // namespace gateway

// The stream of an attempt that goes on with what the client has: what it repeats is taken out, and what is
// no rest of the answer is not passed on. Belongs to one attempt.
#pragma once

#include "gateway/continuation/continuation.hpp"
#include "gateway/serving/event_relay.hpp"

namespace gateway {

class ContinuingRelay final : public EventRelay {
 public:
  // The request's conversation is there.
  explicit ContinuingRelay(const Attempting& attempting);

 private:
  std::optional<Step> refused() override;
  void finish_content() override;
  routing::Usage shown(const routing::Usage& usage) const override;
  std::string own_marks() const override;
  bool put_rest() override;
  void take(const providers::AnswerEvent& event) override;

  void take_text(const providers::AnswerEvent& event);
  void pass_on(std::string_view plain);
  void refuse(routing::FailureKind why);
  Continuation& so_far() const { return *with_.continuation; }

  std::string escaped_;
  std::optional<routing::FailureKind> refused_{};
  bool has_passed_on_ = false;
};

}  // namespace gateway

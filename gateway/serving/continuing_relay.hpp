// The stream of an attempt that goes on with what the client has: what it repeats is taken out, and what is
// no rest of the answer is not passed on. Belongs to one attempt.
#pragma once

#include "gateway/continuation/continuation.hpp"
#include "gateway/serving/stream_relay.hpp"
#include "providers/dialect/interpreter.hpp"

namespace gateway {

class ContinuingRelay final : public StreamRelay, private providers::AnswerSink {
 public:
  // The request's conversation is there.
  explicit ContinuingRelay(const Attempting& attempting);

 private:
  void feed(std::string_view piece) override { piece_ = piece; }
  std::optional<Step> take_next() override;
  bool put_rest() override;
  void tell_usage() override;
  std::int64_t events() const override { return answer_->events(); }
  void take(const providers::AnswerEvent& event) override;

  void take_text(const providers::AnswerEvent& event);
  void finish_text();
  void pass_on(std::string_view plain);
  void refuse(routing::FailureKind why);
  Step fail_to_go_on();
  Continuation& so_far() { return *with_.continuation; }

  std::unique_ptr<providers::AnswerReader> reader_;
  std::unique_ptr<StreamedAnswer> answer_;  // writes behind `held_`
  std::string_view piece_;                  // not yet read
  std::string escaped_;
  std::optional<routing::FailureKind> refused_{};
  bool has_passed_on_ = false;
};

}  // namespace gateway

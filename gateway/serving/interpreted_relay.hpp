// The stream of a host that speaks another API than the client: understood as the events of an answer, and
// written in the client's words. Belongs to one attempt.
#pragma once

#include <memory>

#include "gateway/serving/stream_relay.hpp"
#include "providers/dialect/interpreter.hpp"

namespace gateway {

// What an event of an answer shows, in the same terms as one that is passed on.
providers::PassedContent shown_by(const providers::AnswerEvent& event);

class InterpretedRelay final : public StreamRelay, private providers::AnswerSink {
 public:
  // The request's conversation is there.
  explicit InterpretedRelay(const Attempting& attempting);

 private:
  void feed(std::string_view piece) override { piece_ = piece; }
  std::optional<Step> take_next() override;
  bool put_rest() override;
  void tell_usage() override;
  std::int64_t events() const override { return answer_->events(); }
  void take(const providers::AnswerEvent& event) override;

  std::unique_ptr<providers::AnswerReader> reader_;
  std::unique_ptr<StreamedAnswer> answer_;  // writes behind `held_`
  std::string_view piece_;                  // not yet read
  bool is_outrun_ = false;
};

}  // namespace gateway

// The stream of a host that is understood as the events of an answer, and written in the client's words.
// Belongs to one attempt.
#pragma once

#include <memory>
#include <string>

#include "gateway/serving/stream_relay.hpp"
#include "providers/dialect/interpreter.hpp"

namespace gateway {

// What an event of an answer shows, in the same terms as one that is passed on.
providers::PassedContent shown_by(const providers::AnswerEvent& event);

class EventRelay : public StreamRelay, protected providers::AnswerSink {
 protected:
  // The request's conversation is there.
  explicit EventRelay(const Attempting& attempting);

  void feed(std::string_view piece) final { piece_ = piece; }
  std::optional<Step> take_next() final;
  void tell_usage() final;
  std::int64_t events() const final { return answer_->events(); }

  // How the stream is failed by what an event was found to be; nothing: it is not.
  virtual std::optional<Step> refused() = 0;
  // Behind the host's last event.
  virtual void finish_content() {}
  // What the client is shown of the usage of this attempt.
  virtual routing::Usage shown(const routing::Usage& usage) const { return usage; }
  // Members of the gateway's own beside the cost, such as `"continued":1`.
  virtual std::string own_marks() const { return {}; }

  std::unique_ptr<providers::AnswerReader> reader_;
  std::unique_ptr<StreamedAnswer> answer_;  // writes behind `held_`

 private:
  std::string_view piece_;  // not yet read
};

}  // namespace gateway

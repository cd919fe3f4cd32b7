#include "gateway/serving/interpreted_relay.hpp"

#include "gateway/continuation/continuation.hpp"

namespace gateway {

using providers::AnswerEvent;

std::optional<StreamRelay::Step> InterpretedRelay::refused() {
  if (!is_outrun_) return std::nullopt;
  return fail(routing::FailureKind::outrun);
}

bool InterpretedRelay::put_rest() {
  reader_->end(*this);
  return !is_outrun_;
}

void InterpretedRelay::take(const AnswerEvent& event) {
  if (event.kind == AnswerEvent::Kind::error) {
    if (decided_) put_rest();
    report(*event.error);
    return;
  }
  if (event.kind == AnswerEvent::Kind::usage) note_usage(event.usage, event.usage_is_odd);
  is_outrun_ = is_outrun_ || !note(shown_by(event));
  if (is_outrun_) return;
  if (check_.is_wanted()) check_.take(event);
  if (with_.continuation && (event.is_content() || event.kind == AnswerEvent::Kind::citation)) {
    const bool is_text = event.kind == AnswerEvent::Kind::text;
    is_text ? with_.continuation->hears(event.text.raw) : with_.continuation->hears_else();
  }
  AnswerEvent room;
  answer_->take(names_.of(event, room));
}

}  // namespace gateway

#include "gateway/serving/interpreted_relay.hpp"

#include "gateway/continuation/continuation.hpp"
#include "gateway/serving/settlement.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::Reading;
using routing::FailureKind;

providers::PassedContent shown_by(const AnswerEvent& event) {
  using Kind = AnswerEvent::Kind;
  providers::PassedContent content;
  content.bytes = event.is_content() ? event.text.raw.size() + event.name.raw.size() : 0;
  content.text = (event.kind == Kind::text || event.kind == Kind::refusal) && content.bytes > 0;
  content.reasoning = (event.kind == Kind::thinking || event.kind == Kind::redacted) && content.bytes > 0;
  content.tool_call = event.kind == Kind::tool_call || event.kind == Kind::arguments;
  if (event.is_decisive()) content.seen.set(0);
  if (event.kind == Kind::end) {
    content.finish_reason = event.name.raw.empty() ? std::string_view("stop") : event.name.raw;
    content.finished.set(0);
  }
  return content;
}

InterpretedRelay::InterpretedRelay(const Attempting& attempting)
    : StreamRelay(attempting),
      reader_(with_.dialect.interpreter()->streamed(host_model_of(with_), with_.services.tokens)),
      answer_(with_.request.surface->conversing()->streamed(
          *with_.request.conversation, with_.request.asked.wants_usage, identity_of(with_), held_)) {}

std::optional<StreamRelay::Step> InterpretedRelay::take_next() {
  if (piece_.empty()) return std::nullopt;
  const Reading reading = reader_->feed(std::exchange(piece_, {}), *this);
  if (is_outrun_) return fail(FailureKind::outrun);
  switch (reading) {
    case Reading::goes_on:
      return Step::go_on;
    case Reading::ended:
      return at_end(EndedBy::done_mark);
    case Reading::failed:
      return Step::failed;
    case Reading::bad:
      return fail(FailureKind::bad_reply);
  }
  return Step::failed;
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
  answer_->take(event);
}

void InterpretedRelay::tell_usage() {
  routing::Attempt& attempt = with_.tried.attempt;
  std::string own_members;
  const bool is_told = attempt.usage.has_value();
  if (!is_told) {
    settle(with_.request, with_.tried);
    answer_->take({.kind = AnswerEvent::Kind::usage, .usage = attempt.usage.value_or(routing::Usage{})});
  }
  if (attempt.usage) own_members = with_.request.surface->cost_members(cost_of_attempt(with_));
  if (!is_told) own_members += ",\"isocost\":{\"estimated\":true}";
  answer_->finish(own_members);
}

}  // namespace gateway

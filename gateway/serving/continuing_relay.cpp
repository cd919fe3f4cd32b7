#include "gateway/serving/continuing_relay.hpp"

#include "providers/http/http_fields.hpp"

namespace gateway {

using providers::AnswerEvent;
using routing::FailureKind;
using Kind = AnswerEvent::Kind;

ContinuingRelay::ContinuingRelay(const Attempting& attempting) : EventRelay(attempting) {
  answer_->goes_on();
}

// As if it had not answered, where the client has nothing of it.
std::optional<StreamRelay::Step> ContinuingRelay::refused() {
  if (!refused_) return std::nullopt;
  const Step step = fail(*refused_);
  if (!has_passed_on_) with_.tried.attempt.failure->progress = routing::Progress::request_sent;
  return step;
}

bool ContinuingRelay::put_rest() {
  reader_->end(*this);
  return refused_ != FailureKind::outrun;
}

void ContinuingRelay::refuse(FailureKind why) {
  if (!refused_) refused_ = why;
}

void ContinuingRelay::take(const AnswerEvent& event) {
  if (refused_) return;
  if (event.kind == Kind::error) {
    report(*event.error);
    return;
  }
  if (event.kind == Kind::usage) {
    note_usage(event.usage, event.usage_is_odd);
    AnswerEvent whole = event;
    whole.usage = shown(event.usage);
    return answer_->take(whole);
  }
  if (!note(shown_by(event))) return refuse(FailureKind::outrun);
  if (event.kind == Kind::text) {
    take_text(event);
  } else if (event.kind == Kind::end) {
    finish_content();
    if (!refused_) answer_->take(event);
  } else if (event.kind == Kind::citation) {
    // Its place is one of this host's text, not of the whole; without a place it is none to its readers.
    answer_->take({.kind = Kind::citation});
  } else if (event.is_content()) {
    // It thinks, or calls a tool, where a text was to be gone on with.
    refuse(FailureKind::bad_reply);
  }
}

void ContinuingRelay::take_text(const AnswerEvent& event) {
  std::string plain;
  if (so_far().joint().take(event.text.text(), plain) == Joint::Fit::not_at_all) {
    return refuse(FailureKind::bad_reply);
  }
  pass_on(plain);
}

// What was held back until it is known whether it fits.
void ContinuingRelay::finish_content() {
  if (refused_) return;
  std::string plain;
  if (so_far().joint().end(plain) == Joint::Fit::not_at_all) return refuse(FailureKind::bad_reply);
  pass_on(plain);
}

void ContinuingRelay::pass_on(std::string_view plain) {
  if (plain.empty()) return;
  has_passed_on_ = true;
  if (so_far().tells_seam()) {
    const std::string_view name = endpoint_of(with_).settings->name.text;
    held_ += ": isocost goes on";
    if (providers::is_field_value(name)) held_.append(" at ").append(name);
    held_ += "\n\n";
  }
  escaped_.clear();
  providers::append_escaped(escaped_, plain);
  so_far().hears(escaped_);
  answer_->take({.kind = Kind::text, .text = {escaped_, true}});
}

routing::Usage ContinuingRelay::shown(const routing::Usage& usage) const {
  return so_far().with_earlier(usage);
}

std::string ContinuingRelay::own_marks() const {
  return "\"continued\":" + std::to_string(so_far().hops());
}

}  // namespace gateway

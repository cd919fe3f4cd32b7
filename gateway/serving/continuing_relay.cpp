#include "gateway/serving/continuing_relay.hpp"

#include "gateway/serving/interpreted_relay.hpp"
#include "gateway/serving/settlement.hpp"
#include "providers/http/http_fields.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::Reading;
using routing::FailureKind;
using Kind = AnswerEvent::Kind;

ContinuingRelay::ContinuingRelay(const Attempting& attempting)
    : StreamRelay(attempting),
      reader_(with_.dialect.interpreter()->streamed(host_model_of(with_), with_.services.tokens)),
      answer_(with_.request.surface->conversing()->streamed(
          *with_.request.conversation, with_.request.asked.wants_usage, identity_of(with_), held_)) {
  answer_->goes_on();
}

std::optional<StreamRelay::Step> ContinuingRelay::take_next() {
  if (piece_.empty()) return std::nullopt;
  const Reading reading = reader_->feed(std::exchange(piece_, {}), *this);
  if (refused_) return fail_to_go_on();
  switch (reading) {
    case Reading::goes_on:
      return Step::go_on;
    case Reading::ended:
      finish_text();
      return refused_ ? fail_to_go_on() : at_end(EndedBy::done_mark);
    case Reading::failed:
      return Step::failed;
    case Reading::bad:
      return fail(FailureKind::bad_reply);
  }
  return Step::failed;
}

// As if it had not answered, where the client has nothing of it.
StreamRelay::Step ContinuingRelay::fail_to_go_on() {
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
    whole.usage = so_far().with_earlier(event.usage);
    return answer_->take(whole);
  }
  if (!note(shown_by(event))) return refuse(FailureKind::outrun);
  if (event.kind == Kind::text) {
    take_text(event);
  } else if (event.kind == Kind::end) {
    finish_text();
    if (!refused_) answer_->take(event);
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
void ContinuingRelay::finish_text() {
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

void ContinuingRelay::tell_usage() {
  routing::Attempt& attempt = with_.tried.attempt;
  const bool is_told = attempt.usage.has_value();
  if (!is_told) {
    settle(with_.request, with_.tried);
    answer_->take(
        {.kind = Kind::usage, .usage = so_far().with_earlier(attempt.usage.value_or(routing::Usage{}))});
  }
  std::string own_members = with_.request.surface->cost_members(cost_of_attempt(with_));
  own_members += ",\"isocost\":{\"continued\":" + std::to_string(so_far().hops());
  own_members += is_told ? "}" : ",\"estimated\":true}";
  answer_->finish(own_members);
}

}  // namespace gateway

#include "gateway/serving/event_relay.hpp"

#include "gateway/tab/settlement.hpp"

namespace gateway {

using providers::AnswerEvent;
using providers::Reading;

providers::PassedContent shown_by(const AnswerEvent& event) {
  using Kind = AnswerEvent::Kind;
  providers::PassedContent content;
  // Of a picture the bytes say nothing of its tokens.
  const bool is_image = event.kind == Kind::image;
  if (event.is_content() && !is_image) content.bytes = event.text.raw.size() + event.name.raw.size();
  content.text = is_image || ((event.kind == Kind::text || event.kind == Kind::refusal) && content.bytes > 0);
  content.reasoning = (event.kind == Kind::thinking || event.kind == Kind::redacted) && content.bytes > 0;
  content.tool_call = event.kind == Kind::tool_call || event.kind == Kind::arguments;
  if (event.is_decisive()) content.seen.set(0);
  if (event.kind == Kind::end) {
    content.finish_reason = event.name.raw.empty() ? std::string_view("stop") : event.name.raw;
    content.finished.set(0);
  }
  return content;
}

EventRelay::EventRelay(const Attempting& attempting)
    : StreamRelay(attempting),
      reader_(with_.dialect.interpreter()->streamed(host_model_of(with_), with_.services.tokens)),
      answer_(with_.request.surface->conversing()->streamed(
          *with_.request.conversation, with_.request.asked.wants_usage, identity_of(with_), held_)) {}

std::optional<StreamRelay::Step> EventRelay::take_next() {
  if (piece_.empty()) return std::nullopt;
  const Reading reading = reader_->feed(std::exchange(piece_, {}), *this);
  if (reading == Reading::ended) finish_content();
  if (const auto step = refused()) return step;
  switch (reading) {
    case Reading::goes_on:
      return Step::go_on;
    case Reading::ended:
      return at_end(EndedBy::done_mark);
    case Reading::failed:
      return Step::failed;
    case Reading::bad:
      return fail(routing::FailureKind::bad_reply);
  }
  return Step::failed;
}

void EventRelay::tell_usage() {
  routing::Attempt& attempt = with_.tried.attempt;
  const bool is_told = attempt.usage.has_value();
  if (!is_told) {
    settle(with_.request, with_.tried);
    answer_->take(
        {.kind = AnswerEvent::Kind::usage, .usage = shown(attempt.usage.value_or(routing::Usage{}))});
  }
  std::string marks = own_marks();
  if (!is_told) marks += std::string(marks.empty() ? "" : ",") + "\"estimated\":true";
  if (const std::string_view lost = answer_->left_out(); !lost.empty()) {
    marks.append(marks.empty() ? "" : ",").append("\"left_out\":\"").append(lost).append("\"");
  }
  std::string own_members;
  if (attempt.usage) own_members = with_.request.surface->cost_members(cost_of_attempt(with_));
  if (!marks.empty()) own_members += ",\"isocost\":{" + marks + "}";
  answer_->finish(own_members);
}

}  // namespace gateway

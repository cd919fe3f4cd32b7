#include "gateway/request/stream_relay.hpp"

#include <algorithm>

#include "gateway/request/host_report.hpp"
#include "gateway/text/line_writer.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {

using providers::ChatEvent;
using providers::Pieces;
using providers::SseEvent;
using providers::Task;
using routing::FailureKind;

// Of events before the first that shows an answer: roles, comments. More is no answer.
constexpr std::size_t most_held = 256 * 1024;

Task<void> StreamRelay::run(providers::Exchange& exchange) {
  Step step = Step::go_on;
  while (step == Step::go_on) {
    const providers::Result<std::string_view> piece = co_await exchange.next();
    if (!piece) {
      fail(watchdog_.why().value_or(decided_ ? FailureKind::broken_stream : piece.error()));
      co_return;
    }
    if (piece->empty()) {
      step = at_end();
      break;
    }
    watchdog_.saw_bytes(services_.timer.now());
    events_.feed(*piece);
    while (step == Step::go_on) {
      const std::optional<SseEvent> event = events_.next();
      if (!event) break;
      step = take(*event);
      // Nearly full: write what there is and go on with the same piece.
      if (ready_.texts().size() + 6 > Pieces::capacity - 6) {
        const bool written = co_await flush();
        if (!written) co_return;
      }
    }
    const bool too_much =
        events_.state() != providers::SseReader::State::reading || (!decided_ && held_.size() > most_held);
    if (step == Step::go_on && too_much) {
      fail(FailureKind::bad_reply);
      step = Step::failed;
    }
    // While the client has nothing, what was held back is dropped, so that another endpoint can take over.
    if (step == Step::failed && !reply_.begun()) co_return;
    if (step == Step::finished) break;
    const bool written = co_await flush();
    if (!written) co_return;
  }
  if (step != Step::finished) co_return;
  const config::TimePoint now = services_.timer.now();
  tried_.attempt.finished = now - tried_.attempt.dispatched;
  ready_.add(held_);
  watchdog_.hold();
  co_await reply_.end_stream(served_, ready_);
  watchdog_.release();
  // What follows [DONE] is only the end of the body: reading it lets the connection be used again.
  watchdog_.saw_end(services_.timer.now());
  for (;;) {
    const providers::Result<std::string_view> rest = co_await exchange.next();
    if (!rest || rest->empty()) co_return;
  }
}

StreamRelay::Step StreamRelay::take(const SseEvent& event) {
  const ChatEvent chat = providers::classify(event, services_.tokens);
  if (chat.usage.usage) {
    tried_.attempt.usage = chat.usage.usage;
    tried_.attempt.usage_is_estimated = chat.usage.anomaly;
  }
  switch (chat.kind) {
    case ChatEvent::Kind::empty:
      return Step::go_on;
    case ChatEvent::Kind::done:
      return at_end();
    case ChatEvent::Kind::error:
      take_report(request_, 200, *chat.error, progress(), tried_);
      return Step::failed;
    case ChatEvent::Kind::bad:
      fail(FailureKind::bad_reply);
      return Step::failed;
    case ChatEvent::Kind::delta:
      break;
  }
  note(chat, services_.timer.now());
  queue(event, chat);
  return Step::go_on;
}

void StreamRelay::note(const ChatEvent& chat, config::TimePoint now) {
  if (!chat.decisive()) return;
  watchdog_.saw_content(now);
  decided_ = true;
  has_finish_ |= !chat.content.finish_reason.empty();
  if (!chat.content.any()) return;

  routing::Attempt& attempt = tried_.attempt;
  if (!attempt.first_delta) {
    attempt.first_delta = now - attempt.dispatched;
    trial_.end();
    services_.outbox.tell(Sighting::What::begins, attempt, request_.demand.prompt);
  }
  if (!attempt.first_visible && (chat.content.text || chat.content.tool_call))
    attempt.first_visible = now - attempt.dispatched;
  if (last_delta_)
    attempt.worst_gap = std::max(attempt.worst_gap.value_or(config::Duration{}), now - *last_delta_);
  last_delta_ = now;
  ++attempt.deltas;
}

void StreamRelay::queue(const SseEvent& event, const ChatEvent& chat) {
  const auto shown = request_.chat.wants_usage ? providers::UsageShown::yes : providers::UsageShown::no;
  const std::string cost = request_.chat.wants_usage ? cost_member(chat) : std::string();
  const providers::Relayed relayed = providers::relayed(event, chat, shown, scratch_, cost);
  // Copied: what must outlive the piece at hand, what was rewritten in scratch space, and what follows
  // either.
  const bool copied = !decided_ || !held_.empty() || relayed.form == providers::Relayed::Form::rewritten;
  for (const std::string_view text : relayed.pieces()) {
    if (copied) {
      held_.append(text);
    } else {
      ready_.add(text);
    }
  }
}

// What the usage so far costs, where the host does not say it itself: a stream's head comes too early for it.
std::string StreamRelay::cost_member(const ChatEvent& chat) const {
  std::string text;
  if (!chat.usage.usage || chat.usage.usage->cost || chat.usage_value.empty()) return text;
  const auto& endpoints = request_.hosts->generation->catalogue->endpoints();
  const config::Money cost = routing::bill(endpoints[tried_.attempt.endpoint], *chat.usage.usage);
  LineWriter line(text);
  line.text(",\"cost\":");
  line.fixed(cost.nanos, 9);
  line.hand_over();
  return text;
}

Task<bool> StreamRelay::flush() {
  if (!decided_) co_return true;
  ready_.add(held_);
  if (ready_.empty()) co_return true;
  watchdog_.hold();
  const bool written = co_await reply_.stream(served_, ready_);
  watchdog_.release();
  // No other endpoint will be sent it now; streams are many and long.
  if (!request_.body.empty()) std::string().swap(request_.body);
  ready_ = Pieces();
  held_.clear();
  if (!written) fail(FailureKind::client_left);
  co_return written;
}

StreamRelay::Step StreamRelay::at_end() {
  if (decided_ && has_finish_) return Step::finished;
  fail(decided_ ? FailureKind::broken_stream : FailureKind::empty_reply);
  return Step::failed;
}

routing::Progress StreamRelay::progress() const {
  return reply_.begun() ? routing::Progress::client_has_bytes : routing::Progress::request_sent;
}

void StreamRelay::fail(FailureKind kind) {
  tried_.attempt.failure = routing::Failure{.kind = kind, .progress = progress()};
}

}  // namespace gateway

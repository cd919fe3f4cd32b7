#include "gateway/request/stream_relay.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/chat/usage_event.hpp"
#include "gateway/request/host_report.hpp"
#include "gateway/request/settlement.hpp"
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
    if (!piece && !is_complete_but_for_its_end()) {
      fail(watchdog_.why().value_or(decided_ ? FailureKind::broken_stream : piece.error()));
      co_return;
    }
    if (!piece || piece->empty()) {
      step = at_end(EndedBy::end_of_bytes);
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
  tell_usage();
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
  if (event.form == SseEvent::Form::comment) {
    pass_on_comment(event.raw);
    return Step::go_on;
  }
  const ChatEvent chat = providers::classify(event, services_.tokens);
  if (chat.usage.usage) {
    tried_.attempt.usage = chat.usage.usage;
    tried_.attempt.usage_is_estimated = chat.usage.anomaly;
  }
  switch (chat.kind) {
    case ChatEvent::Kind::empty:
      return Step::go_on;
    case ChatEvent::Kind::done:
      return at_end(EndedBy::done_mark);
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
  seen_ |= chat.content.seen;
  if (!chat.decisive()) return;
  watchdog_.saw_content(now);
  decided_ = true;
  finished_ |= chat.content.finished;
  tried_.bytes += chat.content.bytes;
  if (!chat.content.any()) return;

  routing::Attempt& attempt = tried_.attempt;
  if (!attempt.first_delta) {
    attempt.first_delta = now - attempt.dispatched;
    trial_.end();
    services_.outbox.tell(Sighting::What::begins, attempt, tried_.asked);
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
  const bool is_usage = !chat.usage_value.empty();
  const std::string cost = request_.chat.wants_usage && is_usage ? own_cost(chat) : std::string();
  told_usage_ |= is_usage;
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

// What the usage so far costs, where the host does not say the same itself: a stream's head comes too early
// for it.
std::string StreamRelay::own_cost(const ChatEvent& chat) const {
  std::string text;
  if (!chat.usage.usage) return text;
  const auto& endpoints = request_.hosts->generation->catalogue->endpoints();
  const config::Money cost = routing::bill(endpoints[tried_.attempt.endpoint], *chat.usage.usage);
  const auto& said = chat.usage.cost_said;
  if (said && std::llround(*said * 1e9) == cost.nanos) return text;
  LineWriter line(text);
  line.fixed(cost.nanos, 9);
  line.hand_over();
  return text;
}

// Not before the client has a head: whoever answers in the end decides what it says.
void StreamRelay::pass_on_comment(std::string_view comment) {
  constexpr std::size_t longest = 1024;
  if (!reply_.committed() || comment.size() > longest) return;
  if (decided_) {
    held_.append(comment).append("\n\n");
  } else {
    reply_.remark(served_, comment);
  }
}

// For a client that asked for usage and has none from the host.
void StreamRelay::tell_usage() {
  if (!request_.chat.wants_usage || told_usage_) return;
  settle(request_, tried_.bytes, tried_.attempt);
  const routing::Demand& demand = request_.demand;
  held_.append(usage_event(tried_.attempt, {.id = request_.id,
                                            .created = std::chrono::system_clock::to_time_t(demand.wall),
                                            .model = demand.model->name.text}));
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

bool StreamRelay::every_choice_finished() const {
  const auto asked = static_cast<std::size_t>(request_.chat.choices);
  return finished_.count() >= asked && (seen_ & ~finished_).none();
}

// Behind the last finish nothing can be missing but usage and the mark of the end: a host that fails there,
// or falls silent, has answered.
bool StreamRelay::is_complete_but_for_its_end() const {
  const auto why = watchdog_.why();
  return decided_ && every_choice_finished() && (!why || *why == FailureKind::stalled_stream);
}

// The mark of the end needs no finish before it: not every host gives one.
StreamRelay::Step StreamRelay::at_end(EndedBy by) {
  if (decided_ && (by == EndedBy::done_mark || every_choice_finished())) return Step::finished;
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

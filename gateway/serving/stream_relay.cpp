#include "gateway/serving/stream_relay.hpp"

#include <algorithm>

#include "gateway/continuation/continuation.hpp"
#include "gateway/serving/host_report.hpp"
#include "gateway/tab/settlement.hpp"
#include "gateway/tab/tab.hpp"
#include "gateway/text/line_writer.hpp"
#include "routing/terms/bill.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {

using providers::Pieces;
using providers::Task;
using routing::FailureKind;

// Of events before the first that shows an answer: roles, comments. More is no answer.
constexpr std::size_t most_held = 256 * 1024;
// In some APIs they repeat the request, twice.
constexpr std::size_t most_repeated = 3;

namespace {

// Whether the host gives far more than it was asked for, so that nothing says where it ends: what is set
// aside for the answer is spent, and more would be nobody's. Texts have four bytes a token, some with escapes
// ten.
bool runs_away(const Attempting& with) {
  constexpr std::size_t most_bytes_a_token = 16, usual = 4'096;
  const bool is_paid = with.request.tab && with.request.tab->bounds_money();
  const std::optional<config::Tokens> bound = with.request.output_bound();
  if (!is_paid || !bound) return false;
  const auto tokens =
      static_cast<std::size_t>(bound->count) * static_cast<std::size_t>(with.request.demand.answers);
  return with.tried.bytes / most_bytes_a_token > tokens + usual / most_bytes_a_token;
}

}  // namespace

Task<void> StreamRelay::run(providers::Exchange& exchange) {
  Services& services = with_.services;
  Step step = Step::go_on;
  while (step == Step::go_on) {
    const providers::Result<std::string_view> piece = co_await exchange.next();
    if (!piece && !is_complete_but_for_its_end()) {
      if (decided_ && !with_.watchdog.why()) {
        put_rest();
        const bool written = co_await flush();
        if (!written) co_return;
      }
      fail(with_.watchdog.why().value_or(decided_ ? FailureKind::broken_stream : piece.error()));
      co_return;
    }
    if (!piece || piece->empty()) {
      if (decided_) put_rest();
      step = at_end(EndedBy::end_of_bytes);
      if (step == Step::failed && decided_) co_await flush();
      break;
    }
    with_.watchdog.saw_bytes(services.timer.now());
    feed(*piece);
    while (step == Step::go_on) {
      const std::optional<Step> next = take_next();
      if (!next) break;
      step = *next;
      // Nearly full: write what there is and go on with the same piece.
      if (ready_.texts().size() + 6 > Pieces::capacity - 6) {
        const bool written = co_await flush();
        if (!written) co_return;
      }
    }
    const std::size_t limit = most_held + most_repeated * with_.request.body.size();
    const bool ran_on = runs_away(with_);
    const bool too_much = is_broken() || (!decided_ && held_.size() > limit) || ran_on;
    if (step == Step::go_on && ran_on) {
      with_.tried.said = std::make_unique<HostWords>();
      with_.tried.said->ran_on = true;
      with_.tried.said->message = "its answer went on far beyond `max_tokens`";
    }
    if (step == Step::go_on && too_much) step = fail(FailureKind::bad_reply);
    // While the client has nothing, what was held back is dropped, so that another endpoint can take over.
    if (step == Step::failed && progress() != routing::Progress::client_has_bytes) co_return;
    if (step == Step::finished) break;
    const bool written = co_await flush();
    if (!written) co_return;
  }
  if (step != Step::finished) co_return;
  const config::TimePoint now = services.timer.now();
  with_.tried.attempt.finished = now - with_.tried.attempt.dispatched;
  if (with_.request.asked.wants_usage && !told_usage_) tell_usage();
  put_last();
  ready_.add(held_);
  if (with_.request.tab) {
    settle(with_.request, with_.tried);
    with_.request.tab->close(&with_.tried.attempt, EntryEnd::answered, 200);
  }
  with_.watchdog.hold();
  co_await with_.reply.end_stream(with_.served, ready_);
  with_.watchdog.release();
  with_.tried.attempt.conduct = conduct_of(check_, with_, {});
  // What follows the mark of the end is only the end of the body: reading it lets the connection be used
  // again.
  with_.watchdog.saw_end(services.timer.now());
  for (;;) {
    std::optional<providers::Result<std::string_view>> rest = exchange.next_now();
    if (!rest) rest.emplace(co_await exchange.next());
    if (!*rest || (*rest)->empty()) co_return;
  }
}

bool StreamRelay::note(const providers::PassedContent& content) {
  seen_ |= content.seen;
  if (!content.decisive()) return true;
  if (!decided_ && !with_.race.claim(with_.leg)) return false;
  const config::TimePoint now = with_.services.timer.now();
  const bool is_read = content.text && !content.tool_call;
  with_.watchdog.saw_content(is_read ? routing::StreamPart::text : routing::StreamPart::hidden, now);
  decided_ = true;
  check_.saw(content);
  finished_ |= content.finished;
  with_.tried.bytes += content.bytes;
  if (!content.any()) return true;

  routing::Attempt& attempt = with_.tried.attempt;
  if (!attempt.first_delta) {
    attempt.first_delta = now - attempt.dispatched;
    with_.trial.end();
    with_.services.outbox.tell(Sighting::What::begins, attempt, with_.tried.asked);
  }
  if (!attempt.first_visible && (content.text || content.tool_call))
    attempt.first_visible = now - attempt.dispatched;
  if (last_delta_)
    attempt.worst_gap = std::max(attempt.worst_gap.value_or(config::Duration{}), now - *last_delta_);
  last_delta_ = now;
  ++attempt.deltas;
  return true;
}

void StreamRelay::note_fingerprint(std::string_view value) {
  std::uint64_t& known = with_.tried.attempt.fingerprint;
  if (known == 0) known = fingerprint_of(value);
}

routing::Conduct conduct_of(AnswerCheck& check, const Attempting& with, std::string_view reply) {
  // The rest of another's answer says nothing of how its own begin.
  if (with.tried.attempt.reason == routing::Reason::continues) return {};
  const providers::HostModel model = check.is_wanted() ? host_model_of(with) : providers::HostModel();
  return check.conduct(with.request, model, with.tried.attempt, reply, with.services.tokens);
}

std::uint64_t fingerprint_of(std::string_view value) {
  return value.size() > 2 && value.front() == '"' ? routing::hash_of(value) : 0;
}

void StreamRelay::note_usage(const routing::Usage& usage, bool is_odd) {
  with_.tried.attempt.usage = usage;
  with_.tried.attempt.usage_is_estimated = is_odd;
  note_told();
}

void StreamRelay::note_told() {
  with_.tried.told = {.is_interim = !every_choice_finished(),
                      .bytes = with_.tried.bytes,
                      .deltas = with_.tried.attempt.deltas};
}

std::string StreamRelay::cost_of(const routing::Usage& usage) const {
  std::string text;
  LineWriter line(text);
  line.fixed(routing::bill(endpoint_of(with_), usage, sale_of(with_.request)).nanos, 9);
  line.hand_over();
  return text;
}

void StreamRelay::tell_usage() {
  settle(with_.request, with_.tried);
  held_.append(with_.request.surface->priced_usage_event(with_.tried.attempt, cost_of_attempt(with_),
                                                         identity_of(with_)));
}

Task<bool> StreamRelay::flush() {
  if (!decided_) co_return true;
  ready_.add(held_);
  if (ready_.empty()) co_return true;
  with_.watchdog.hold();
  const bool written = co_await with_.reply.stream(with_.served, ready_);
  with_.watchdog.release();
  // No other endpoint will be sent it now, once an attempt beside this one is gone; streams are many and
  // long.
  const bool may_be_gone_on_with = with_.continuation && with_.continuation->needs_request();
  if (with_.race.is_alone(with_.leg) && !may_be_gone_on_with) {
    check_.keep(with_.request);
    with_.request.conversation.reset();
    if (!with_.request.body.empty()) std::string().swap(with_.request.body);
    if (with_.request.body_share) with_.request.body_share->release();
  }
  ready_ = Pieces();
  held_.clear();
  if (written && with_.continuation) with_.continuation->handed_over();
  if (!written) fail(FailureKind::client_left);
  co_return written;
}

bool StreamRelay::every_choice_finished() const {
  const auto asked = static_cast<std::size_t>(with_.request.asked.choices);
  return finished_.count() >= asked && (seen_ & ~finished_).none();
}

// Behind the last finish nothing can be missing but usage and the mark of the end: a host that fails there,
// or falls silent, has answered.
bool StreamRelay::is_complete_but_for_its_end() const {
  const auto why = with_.watchdog.why();
  return decided_ && every_choice_finished() && (!why || *why == FailureKind::stalled_stream);
}

// The mark of the end needs no finish before it: not every host gives one.
StreamRelay::Step StreamRelay::at_end(EndedBy by) {
  if (decided_ && (by == EndedBy::done_mark || every_choice_finished())) return Step::finished;
  return fail(decided_ ? FailureKind::broken_stream : FailureKind::empty_reply);
}

routing::Progress StreamRelay::progress() const {
  return decided_ && with_.reply.begun() ? routing::Progress::client_has_bytes
                                         : routing::Progress::request_sent;
}

StreamRelay::Step StreamRelay::report(const providers::ReportedError& error) {
  take_report(with_.request, with_.dialect, 200, error, progress(), with_.tried);
  note_events();
  return Step::failed;
}

// Whoever ends the stream goes on counting.
void StreamRelay::note_events() {
  if (progress() == routing::Progress::client_has_bytes) with_.reply.note_events(events());
}

StreamRelay::Step StreamRelay::fail(FailureKind kind) {
  note_events();
  with_.tried.attempt.failure = routing::Failure{.kind = kind, .progress = progress()};
  return Step::failed;
}

}  // namespace gateway

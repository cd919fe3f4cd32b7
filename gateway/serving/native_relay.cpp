#include "gateway/serving/native_relay.hpp"

#include <cmath>

#include "gateway/continuation/continuation.hpp"
#include "gateway/tab/settlement.hpp"
#include "routing/terms/bill.hpp"

namespace gateway {

using providers::PassedEvent;
using providers::SseEvent;
using routing::FailureKind;

void NativeRelay::feed(std::string_view piece) {
  if (unframer_) {
    unframed_.clear();
    unframer_->feed(piece, unframed_);
    piece = unframed_;
  }
  events_.feed(piece);
}

std::optional<StreamRelay::Step> NativeRelay::take_next() {
  const std::optional<SseEvent> event = events_.next();
  if (!event && unframer_ && unframer_->error()) return report(*unframer_->error());
  if (!event) return std::nullopt;
  if (event->form == SseEvent::Form::comment) {
    pass_on_comment(event->raw);
    return Step::go_on;
  }
  PassedEvent passed = replies_.event(*event, with_.services.tokens);
  note_fingerprint(passed.fingerprint.of(event->data));
  if (passed.usage.usage) {
    usage_ = replies_.joined(usage_, passed.usage);
    note_usage(*usage_.usage, usage_.anomaly);
  }
  switch (passed.kind) {
    case PassedEvent::Kind::empty:
      return Step::go_on;
    case PassedEvent::Kind::done:
      follows_ = providers::Follows::end_mark;
      if (!put_rest()) return fail(FailureKind::outrun);
      return at_end(EndedBy::done_mark);
    case PassedEvent::Kind::error:
      if (decided_) put_rest();
      return report(*passed.error);
    case PassedEvent::Kind::bad:
      return fail(FailureKind::bad_reply);
    case PassedEvent::Kind::delta:
      break;
  }
  edits_.clear();
  if (correction_) correction_->correct(event->data, with_.services.tokens, passed.content, edits_);
  if (!pass_on(*event, passed)) return fail(FailureKind::outrun);
  return passed.is_last ? at_end(EndedBy::done_mark) : Step::go_on;
}

bool NativeRelay::pass_on(const SseEvent& event, PassedEvent& passed) {
  const bool is_corrected = !edits_.empty();
  names_.put(event.data, passed.names, edits_);
  if (!note(passed.content)) return false;
  if (passed.usage.usage) note_told();
  if (check_.is_wanted()) check_.keep(event, passed.content);
  if (with_.continuation && passed.content.any()) {
    is_corrected ? with_.continuation->hears_else() : hear(event, passed.content);
  }
  if (!edits_.empty() || editor_) {
    queue_edited(event, passed);
  } else {
    queue(event, passed);
  }
  return true;
}

// What of it could be gone on with: text, and nothing beside it.
void NativeRelay::hear(const SseEvent& event, const providers::PassedContent& content) {
  const bool is_text = content.text && !content.reasoning && !content.tool_call;
  const auto text = is_text ? replies_.plain_text(event, with_.services.tokens) : std::nullopt;
  if (text && text->raw.size() == content.bytes) {
    with_.continuation->hears(text->raw);
  } else {
    with_.continuation->hears_else();
  }
}

// As an event of the host's own.
bool NativeRelay::put_rest() {
  const std::string data = correction_ ? correction_->rest(follows_) : std::string();
  if (data.empty()) return true;
  const SseEvent event{.data = data, .name = {}, .raw = {}, .form = SseEvent::Form::other};
  PassedEvent passed = replies_.event(event, with_.services.tokens);
  edits_.clear();
  return pass_on(event, passed);
}

// The host's own names are none of the client's, and some of its words.
void NativeRelay::queue_edited(const SseEvent& event, PassedEvent& passed) {
  edited_.clear();
  edits_.write(event.data, edited_);
  passed.usage_value = edits_.moved(passed.usage_value);
  passed.usage.cost_value = edits_.moved(passed.usage.cost_value);
  std::string_view data = edited_;
  if (editor_) {
    std::optional<CostShown> cost;
    if (passed.usage.usage) cost = cost_shown(endpoint_of(with_), *usage_.usage, sale_of(with_.request));
    told_.clear();
    editor_->event(edited_, cost, with_.services.tokens, told_);
    data = told_;
  }
  queue({.data = data, .name = event.name, .raw = {}, .form = SseEvent::Form::other}, passed);
}

void NativeRelay::queue(const SseEvent& event, const PassedEvent& passed) {
  const bool wants_usage = with_.request.asked.wants_usage;
  const auto shown = wants_usage ? providers::UsageShown::yes : providers::UsageShown::no;
  const bool is_usage = !passed.usage_value.empty();
  const std::string cost = wants_usage && is_usage && !editor_ ? own_cost(passed) : std::string();
  told_usage_ |= is_usage;
  ++events_told_;
  if (parts_) {
    const SseEvent plain{.data = event.data, .name = {}, .raw = {}, .form = SseEvent::Form::other};
    return queue_part(replies_.relayed(plain, passed, shown, scratch_, cost));
  }
  const providers::Relayed relayed = replies_.relayed(event, passed, shown, scratch_, cost);
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

// Its first piece begins an event and its last one ends it; between them is the data.
void NativeRelay::queue_part(const providers::Relayed& relayed) {
  const auto pieces = relayed.pieces();
  if (pieces.size() < 3) return;
  for (const std::string_view text : pieces.subspan(1, pieces.size() - 2)) held_.append(text);
  held_.append(parts_->behind);
}

// What the usage so far costs, where the host does not say the same itself: a stream's head comes too early
// for it.
std::string NativeRelay::own_cost(const PassedEvent& passed) const {
  if (!passed.usage.usage) return {};
  const config::Money cost = routing::bill(endpoint_of(with_), *usage_.usage, sale_of(with_.request));
  const auto& said = passed.usage.cost_said;
  return said && std::llround(*said * 1e9) == cost.nanos ? std::string() : cost_of(*usage_.usage);
}

// Not before the client has a head: whoever answers in the end decides what it says.
void NativeRelay::pass_on_comment(std::string_view comment) {
  constexpr std::size_t longest = 1024;
  if (parts_ || !with_.reply.committed() || comment.size() > longest) return;
  if (decided_) {
    held_.append(comment).append("\n\n");
  } else {
    with_.reply.remark(with_.served, comment);
  }
}

}  // namespace gateway

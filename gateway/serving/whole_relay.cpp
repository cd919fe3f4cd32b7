#include "gateway/serving/whole_relay.hpp"

#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "gateway/answer/our_names.hpp"
#include "gateway/request/unfit.hpp"
#include "gateway/serving/event_relay.hpp"
#include "gateway/serving/host_report.hpp"
#include "gateway/tab/settlement.hpp"
#include "gateway/tab/tab.hpp"
#include "providers/conversation/tool_names.hpp"
#include "providers/dialect/native_replies.hpp"

namespace gateway {
namespace {

using providers::PassedReply;
using providers::Result;
using providers::Task;
using routing::FailureKind;
using routing::Progress;

// A reply as it was understood, and the client's words for it where they are not the host's.
class Understood final : public providers::AnswerSink {
 public:
  // `body` must outlive it.
  Understood(const Attempting& with, std::string_view body)
      : check(with.request, with.dialect), with_(with), body_(body) {
    if (is_passed_on(with.request, with.dialect)) {
      const providers::NativeReplies& replies = *with.dialect.native();
      reply = replies.whole(body, with.services.tokens);
      check.saw(reply.content);
      correction_ = replies.correction(host_model_of(with));
      if (correction_ && reply.kind == PassedReply::Kind::answer) {
        correction_->correct(body, with.services.tokens, reply.content, edits_);
      }
    } else {
      answer_ = with.request.surface->conversing()->whole(*with.request.conversation);
      names_.emplace(*with.request.conversation);
      reply.kind = PassedReply::Kind::empty;
      const auto reading =
          with.dialect.interpreter()->whole(body, host_model_of(with), with.services.tokens, *this);
      if (reading == providers::Reading::bad) reply.kind = PassedReply::Kind::bad;
    }
  }

  PassedReply reply;
  AnswerCheck check;

  // Whether there are words of the client's for it.
  bool is_sayable() {
    if (answer_) return true;
    editor_ = with_.request.surface->editor(identity_of(with_), with_.request.asked);
    return !editor_ || editor_->takes(body_, with_.services.tokens);
  }

  // What of the host's answer the client's API has no words for.
  std::string_view left_out() const { return answer_ ? answer_->left_out() : std::string_view(); }

  // As the client gets it, where that is not the host's own bytes. Of what is sayable.
  std::optional<std::string> said() {
    const Surface& surface = *with_.request.surface;
    if (answer_) return answer_->body(identity_of(with_), surface.cost_members(cost_of_attempt(with_)));

    OurNames names = our_names_for(with_);
    names.put(body_, reply.names, edits_);
    const bool tells_cost = !editor_ && with_.request.asked.streams_tell_usage && reply.usage.usage;
    if (tells_cost) put_cost(cost_of_attempt(with_));
    if (edits_.empty() && !editor_) return std::nullopt;
    std::string text;
    text.reserve(body_.size() + 256);
    edits_.write(body_, text);
    if (!editor_) return text;
    std::string told;
    told.reserve(text.size() + 256);
    editor_->whole(text, cost_of_attempt(with_), with_.tried.attempt, with_.services.tokens, told);
    return told;
  }

 private:
  // Into the usage, where streams of the API always tell it, too, and the host does not say the same itself.
  void put_cost(const CostShown& cost) {
    const auto& said = reply.usage.cost_said;
    if (said && std::llround(*said * 1e9) == cost.all.nanos) return;
    const providers::ByteRange& usage = reply.usage_value;
    const std::string_view text = usage.of(body_);
    const std::size_t first = text.find_first_not_of(" \t\r\n", 1);
    if (text.size() < 3 || text.front() != '{' || text[first] == '}') return;
    cost_ = with_.request.surface->cost_members(cost);
    const std::string_view member = cost_;
    const providers::ByteRange& own = reply.usage.cost_value;
    if (!own.empty() && own.begin > usage.begin && own.end < usage.end) {
      edits_.put(own, member.substr(member.find(':') + 1));
    } else {
      edits_.put({usage.end - 1, usage.end - 1}, member);
    }
  }

  void take(const providers::AnswerEvent& event) override {
    if (event.kind == providers::AnswerEvent::Kind::error) {
      reply.error = *event.error;
      reply.kind = PassedReply::Kind::error;
      return;
    }
    if (event.kind == providers::AnswerEvent::Kind::usage) {
      reply.usage = {.usage = event.usage, .anomaly = event.usage_is_odd};
    }
    const providers::PassedContent content = shown_by(event);
    reply.content.bytes += content.bytes;
    check.saw(content);
    if (check.is_wanted()) check.take(event);
    if (content.decisive() && reply.kind == PassedReply::Kind::empty) reply.kind = PassedReply::Kind::answer;
    providers::AnswerEvent room;
    answer_->take(names_->of(event, room));
  }

  const Attempting& with_;
  const std::string_view body_;
  std::unique_ptr<WholeAnswer> answer_;
  std::optional<providers::ClientNames> names_;        // beside it
  std::unique_ptr<ReplyEditor> editor_;                // null: the host's words are the client's
  std::unique_ptr<providers::Correction> correction_;  // holds what is put in by `edits_`
  std::string cost_;                                   // put in by them, too
  providers::DataEdits edits_;
};

// The body of a reply, which is mostly there with its head.
class WholeBody {
 public:
  using Whole = Result<std::string>;

  WholeBody(DecidingServices& services, providers::Exchange& exchange, Watchdog& watchdog, std::size_t limit)
      : services_(services), exchange_(exchange), watchdog_(watchdog), limit_(limit) {}

  // Nothing: more of it is to come.
  std::optional<Whole> take_now() {
    while (const auto piece = exchange_.next_now()) {
      if (auto whole = take(*piece)) return whole;
    }
    return std::nullopt;
  }
  Task<Whole> rest() {
    for (;;) {
      const Result<std::string_view> piece = co_await exchange_.next();
      if (auto whole = take(piece)) co_return *std::move(whole);
      if (auto whole = take_now()) co_return *std::move(whole);
    }
  }

 private:
  std::optional<Whole> take(const Result<std::string_view>& piece) {
    if (!piece) return Whole(watchdog_.why().value_or(piece.error()));
    if (piece->empty()) return Whole(std::move(body_));
    if (body_.size() + piece->size() > limit_) return Whole(FailureKind::bad_reply);
    const bool is_blank = piece->find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!body_.empty() || !is_blank) {
      watchdog_.saw_body(services_.timer.now());
      body_.append(*piece);
    }
    return std::nullopt;
  }

  DecidingServices& services_;
  providers::Exchange& exchange_;
  Watchdog& watchdog_;
  const std::size_t limit_;
  std::string body_;
};

std::optional<std::string> joined(const Attempting& with, std::span<const std::string> replies,
                                  const Batches& batches) {
  return with.dialect.native()->joined_wholes(replies, batches.asked(), with.services.tokens);
}

// Whether it has the vectors that were asked for, if at all, in another order or form.
bool needs_order(const PassedReply& reply, const Batches& batches) {
  return reply.kind == PassedReply::Kind::answer && reply.vectors && !batches.asked().are(*reply.vectors);
}

// Keeps the reply to a part; false where it is no answer.
bool take_part(const Attempting& with, std::string& body, Batches& batches) {
  const PassedReply part = with.dialect.native()->whole(body, with.services.tokens);
  if (part.kind != PassedReply::Kind::answer) {
    batches.take_usage(part.usage);
    return false;
  }
  batches.take(std::move(body), part.usage);
  with.tried.replies = batches.replies().size();
  return true;
}

}  // namespace

Task<Result<std::string>> read_whole(DecidingServices& services, providers::Exchange& exchange,
                                     Watchdog& watchdog, std::size_t limit) {
  WholeBody body(services, exchange, watchdog, limit);
  if (auto whole = body.take_now()) co_return *std::move(whole);
  co_return co_await body.rest();
}

Task<void> relay_whole(const Attempting& with, providers::Exchange& exchange, Batches& batches) {
  routing::Attempt& attempt = with.tried.attempt;
  const auto fail = [&](FailureKind kind) {
    attempt.failure = routing::Failure{.kind = kind, .progress = Progress::request_sent};
  };
  WholeBody reading(with.services, exchange, with.watchdog, max_whole_reply);
  std::optional<Result<std::string>> read = reading.take_now();
  if (!read) read.emplace(co_await reading.rest());
  Result<std::string>& body = *read;
  if (!body) {
    fail(body.error());
    co_return;
  }
  const bool is_part = !batches.is_one();
  if (is_part && take_part(with, *body, batches)) {
    if (!batches.is_last()) co_return;
    auto all = joined(with, batches.replies(), batches);
    if (!all) {
      fail(FailureKind::bad_reply);
      co_return;
    }
    body = *std::move(all);
  }
  std::optional<Understood> held(std::in_place, with, *body);
  if (needs_order(held->reply, batches)) {
    if (auto all = joined(with, {&*body, 1}, batches)) {
      body = *std::move(all);
      held.emplace(with, *body);
    } else {
      held->reply.kind = PassedReply::Kind::bad;
    }
  }
  Understood& understood = *held;
  const PassedReply& reply = understood.reply;
  // Until all parts are answered, the batches know it.
  if (!is_part || batches.are_all_answered()) attempt.usage = reply.usage.usage;
  attempt.usage_is_estimated = reply.usage.anomaly;
  attempt.fingerprint = fingerprint_of(reply.fingerprint.of(*body));
  with.tried.bytes = reply.content.bytes;
  switch (reply.kind) {
    case PassedReply::Kind::bad:
      fail(FailureKind::bad_reply);
      co_return;
    case PassedReply::Kind::empty:
      fail(FailureKind::empty_reply);
      co_return;
    case PassedReply::Kind::error:
      take_report(with.request, with.dialect, 200, *reply.error, Progress::request_sent, with.tried);
      co_return;
    case PassedReply::Kind::answer:
      break;
  }
  if (!understood.is_sayable()) {
    fail(FailureKind::bad_reply);
    co_return;
  }
  attempt.finished = with.services.timer.now() - attempt.dispatched;
  settle(with.request, with.tried);
  with.tried.is_settled = true;
  with.served.cost = attempt.cost;  // an estimate where its host counted nothing
  const std::optional<std::string> said = understood.said();
  if (const std::string_view lost = understood.left_out(); !lost.empty()) {
    with.served.dropped.append(with.served.dropped.empty() ? "" : ", ").append(lost);
  }
  if (with.request.tab) with.request.tab->close(&attempt, EntryEnd::answered, 200);
  co_await with.reply.whole(with.served, said ? *said : *body);
  const bool is_native = is_passed_on(with.request, with.dialect);
  attempt.conduct =
      conduct_of(understood.check, with, is_native ? std::string_view(*body) : std::string_view());
}

Task<void> read_document(const Attempting& with, providers::Exchange& exchange) {
  const Result<std::string> document =
      co_await read_whole(with.services, exchange, with.watchdog, max_whole_reply);
  const FailureKind kind = document ? FailureKind::bad_reply : document.error();
  with.tried.attempt.failure =
      routing::Failure{.kind = with.watchdog.why().value_or(kind), .progress = Progress::request_sent};
  if (!document) co_return;
  const Understood understood(with, *document);
  if (!understood.reply.error) co_return;
  take_report(with.request, with.dialect, 200, *understood.reply.error, Progress::request_sent, with.tried);
}

}  // namespace gateway

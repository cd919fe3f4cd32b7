#include "gateway/tab/tab.hpp"

#include <algorithm>
#include <optional>

#include "gateway/ledger/ledger_times.hpp"
#include "gateway/ledger/till.hpp"
#include "gateway/request/reply.hpp"
#include "gateway/tab/quota_refusal.hpp"
#include "gateway/tab/settlement.hpp"

namespace gateway {
namespace {

using providers::Task;

// Set aside for an answer whose length nobody bounds, where tokens are counted.
constexpr std::int64_t usual_output = 1'024;
// With less than this many tokens an answer is none.
constexpr std::int64_t least_output = 256;
constexpr std::int64_t million = 1'000'000;

LimitHit hit_of(const LimitState& limit) {
  return {.of = static_cast<LimitHit::Of>(limit.scope),
          .measure = limit.measure,
          .period = limit.period,
          .is_of_one_request = limit.is_of_one_request};
}

}  // namespace

Tab::Tab(DecidingServices& services, Till* till, InferenceRequest& request, Record& record)
    : services_(services),
      request_(request),
      record_(record),
      till_(till && (till->ledger || till->books.has_quotas()) ? till : nullptr),
      place_(Journal::nowhere) {}

Tab::~Tab() {
  request_.tab = nullptr;
  if (is_open_ && !is_closed_) close(nullptr, EntryEnd::broken, 500);
}

Asked Tab::asked() const {
  const routing::Demand& demand = request_.demand;
  const std::int64_t output = demand.max_output   ? demand.max_output->count
                              : worst_.output > 0 ? std::min(usual_output, worst_.output)
                                                  : 0;
  const config::Money least = config::PricePerMillionTokens{{worst_.per_token}}.of(
      {std::min(least_output, worst_.output) * demand.answers});
  Asked asked;
  asked.user = demand.user;
  asked.priority = demand.priority;
  if (demand.key) {
    asked.key = demand.key->name.text;
    asked.team = demand.key->team;
  }
  // Dollars are a wall: of them the longest that the prompt may turn out is set aside. Tokens in a window are
  // a pace: of them what is expected is, and what it was more counts in the window once it is known. A third
  // more of each prompt would let a key have a quarter less than its limit says for as long as requests are
  // under way.
  asked.most = {.requests = 1, .tokens = demand.prompt.count + output * demand.answers, .nanos = worst_.all};
  // Of an answer that its client does not bound the host is told what there is room for.
  if (!demand.max_output && worst_.output > 0) asked.least_tokens = demand.prompt.count + demand.answers;
  asked.least_nanos = std::min(worst_.all, worst_.prompt + least.nanos);
  return asked;
}

Let Tab::open(Reply& reply, std::optional<ErrorReply>& error) {
  if (!till_) return Let::in;
  if (till_->books.has_quotas()) {
    worst_ = worst_of(request_, services_.snapshot.get());
    const Asked wanted = asked();
    LimitState blocking;
    const Let let = till_->books.reserve(wanted, services_.timer.now(), reservation_, &blocking);
    if (let != Let::in) record_.limit_hit = hit_of(blocking);
    if (let == Let::wait) return let;
    if (let == Let::out) {
      error = quota_refusal(blocking, wanted.most, let);
      reply.add_fields(limit_fields(blocking));
      return let;
    }
  }
  is_open_ = true;
  if (!remember(error)) return Let::out;
  let_in(reply);
  return Let::in;
}

Task<void> Tab::wait(Reply& reply, Interruption& interruption, std::optional<ErrorReply>& error) {
  // Another end of this request's wait.
  struct Ended final : Interruptible {
    explicit Ended(Books& all) : books(all) {}
    ~Ended() { (void)books.leave_line(place.waiting); }
    Books& books;
    InLine place;
    void interrupt(routing::FailureKind) override { place.sleep.wake(); }
  };
  const config::ServingLimits& limits = request_.hosts->generation->catalogue->settings().limits;
  Ended here(till_->books);
  InLine& place = here.place;
  place.waiting.asked = asked();
  place.waiting.bell = till_;
  const bool has_room = till_->waiting() < static_cast<std::size_t>(limits.max_queued);
  if (has_room && limits.queue_timeout.count() > 0) {
    till_->books.stand_in_line(place.waiting);
    till_->add(place);
    const Interruption::Aim aim(interruption, here);
    const config::TimePoint until =
        std::min<config::TimePoint>(services_.timer.now() + limits.queue_timeout, request_.demand.deadline);
    if (!interruption.over()) co_await place.sleep.until(services_.timer, until);
    if (place.is_linked()) till_->remove(place);
    (void)till_->books.leave_line(place.waiting);
    reservation_ = place.waiting.reservation;
  }
  if (reservation_.is_open()) {
    is_open_ = true;
    if (record_.limit_hit) record_.limit_hit->let_in = true;
    if (!interruption.over() && remember(error)) let_in(reply);
    co_return;
  }
  if (interruption.over()) co_return;
  LimitState blocking;
  const Let let = till_->books.reserve(place.waiting.asked, services_.timer.now(), reservation_, &blocking);
  if (let != Let::in) {
    error = quota_refusal(blocking, place.waiting.asked.most, let);
    reply.add_fields(limit_fields(blocking));
    co_return;
  }
  is_open_ = true;
  if (record_.limit_hit) record_.limit_hit->let_in = true;
  if (remember(error)) let_in(reply);
}

bool Tab::remember(std::optional<ErrorReply>& error) {
  const bool must =
      reservation_.bounds_money || request_.hosts->generation->catalogue->settings().ledger.required;
  const bool has_room = till_->journal && till_->journal->has_room();
  if (!has_room && must) {
    error = ledger_unavailable();
    if (reservation_.is_open()) till_->books.settle(reservation_, {}, services_.timer.now());
    is_open_ = false;
    return false;
  }
  if (!has_room) return true;
  const routing::Demand& demand = request_.demand;
  EntryView note;
  note.id = request_.id;
  note.began_ms = note.at_ms = ms_of(demand.wall);
  if (demand.key) {
    note.team = demand.key->team;
    note.key = demand.key->name.text;
  }
  note.user = demand.user;
  note.model = std::string_view(demand.model->name.text).substr(0, 100);
  note.end = EntryEnd::lost;
  till_->scratch.clear();
  write_entry(note, till_->scratch);
  place_ = till_->journal->open(till_->scratch, reservation_.most.nanos, reservation_.most.tokens);
  return true;
}

// What the client is told of its quotas at the head of its reply.
void Tab::let_in(Reply& reply) {
  if (!reservation_.is_open()) return;
  if (const auto most = cap()) reply.add_fields("x-isocost-capped: " + std::to_string(*most) + "\r\n");
  const std::string fields = quota_fields(till_->books.standing(reservation_, services_.timer.now()));
  if (!fields.empty()) reply.add_fields(fields);
}

// What is left pays for so long an answer, and what one request may use has room for it.
std::optional<std::int64_t> Tab::most_borne() const {
  const routing::Demand& demand = request_.demand;
  std::optional<std::int64_t> most;
  if (reservation_.most_tokens < worst_.output * demand.answers + demand.prompt.count) {
    most = (reservation_.most_tokens - demand.prompt.count) / demand.answers;
  }
  const bool has_less = reservation_.bounds_money && reservation_.most.nanos < worst_.all;
  if (!has_less || worst_.per_token <= 0) return most;
  const std::int64_t left = std::max<std::int64_t>(reservation_.most.nanos - worst_.prompt, 0);
  const double tokens = static_cast<double>(left) * million / static_cast<double>(worst_.per_token) /
                        static_cast<double>(demand.answers);
  return std::min(most.value_or(no_bound), static_cast<std::int64_t>(tokens));
}

// An answer's bound is lowered to what is borne of it.
std::optional<std::int64_t> Tab::cap() {
  const std::optional<std::int64_t> most = most_borne();
  const std::optional<config::Tokens>& asked_for = request_.demand.max_output;
  if (!most || (asked_for && asked_for->count <= *most)) return std::nullopt;
  request_.most_output = config::Tokens{*most};
  return most;
}

Tab::Pretended Tab::pretend() {
  if (!till_ || !till_->books.has_quotas()) return {};
  worst_ = worst_of(request_, services_.snapshot.get());
  const Asked wanted = asked();
  const Books::WhatIf as_if = till_->books.what_if(wanted, services_.timer.now());
  if (!as_if.reservation) return {.kept_out = quota_refusal(as_if.blocking, wanted.most, as_if.let).message};
  reservation_ = *as_if.reservation;
  return {.capped = cap()};
}

void Tab::sends(std::size_t attempt, const routing::Endpoint& endpoint, double expected_output) {
  if (!is_open_) return;
  if (attempt < expected_.size()) expected_[attempt] = static_cast<float>(expected_output);
  if (place_ == Journal::nowhere) return;
  if (!reservation_.bounds_money) {
    const std::int64_t output =
        bounded_output(request_, endpoint, expected_output * static_cast<double>(request_.demand.answers));
    expected_nanos_ += routing::bill(endpoint, expected_usage(request_, output), sale_of(request_)).nanos;
    till_->journal->set_nanos(place_, expected_nanos_);
  }
  till_->journal->sent(place_);
}

// What those before it have cost, or may yet, stays set aside, and the worst of this one beside it. Of the
// first one all is set aside, but for what has changed since that was reckoned.
bool Tab::may_ask(const routing::Endpoint& endpoint, std::optional<ErrorReply>& error) {
  if (!is_open_ || !reservation_.bounds_money) return true;
  std::int64_t before = 0;
  for (const routing::Attempt& each : record_.attempts) {
    const bool is_over = each.finished || each.failure;
    before += is_over
                  ? each.cost.nanos
                  : worst_at(request_, request_.hosts->generation->catalogue->endpoints()[each.endpoint]).all;
  }
  const std::int64_t all = before + worst_at(request_, endpoint).all;
  const std::int64_t more = all - reservation_.most.nanos;
  if (more <= 0) return true;
  LimitState blocking;
  if (!till_->books.extend(reservation_, more, services_.timer.now(), &blocking)) {
    error = quota_refusal(blocking, {.nanos = all}, Let::out);
    return false;
  }
  if (place_ != Journal::nowhere) till_->journal->set_nanos(place_, reservation_.most.nanos);
  return true;
}

}  // namespace gateway

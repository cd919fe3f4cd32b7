// Tab::close: what a request came to, as it is settled and entered into the ledger.
#include <algorithm>
#include <optional>

#include "gateway/ledger/ledger_times.hpp"
#include "gateway/ledger/till.hpp"
#include "gateway/observe/words.hpp"
#include "gateway/tab/settlement.hpp"
#include "gateway/tab/tab.hpp"

namespace gateway {
namespace {

std::int64_t ms_of(config::Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

CostSource source_of(const routing::Attempt& attempt, const routing::Endpoint& endpoint) {
  if (attempt.usage_is_estimated) return CostSource::estimated;
  if (!attempt.usage) return attempt.cost.nanos > 0 ? CostSource::estimated : CostSource::none;
  const bool is_reported = endpoint.provider->reports_cost && attempt.usage->cost;
  return is_reported ? CostSource::reported : CostSource::computed;
}

bool is_same(const routing::Attempt& a, const routing::Attempt& b) {
  return a.dispatched == b.dispatched && a.endpoint == b.endpoint;
}

}  // namespace

void Tab::close(const routing::Attempt* last, EntryEnd end, int status) {
  if (!is_open_ || is_closed_) return;
  is_closed_ = true;
  const auto& endpoints = request_.hosts->generation->catalogue->endpoints();
  const config::Charged charged = request_.hosts->generation->catalogue->settings().ledger.charged;
  EntryView entry;
  entry.attempts.reserve(record_.attempts.size());
  Amounts used{.requests = 1};
  for (std::size_t i = 0; i < record_.attempts.size(); ++i) {
    const bool is_last = last && is_same(record_.attempts[i], *last);
    const routing::Attempt& known = is_last ? *last : record_.attempts[i];
    const routing::Endpoint& endpoint = endpoints[known.endpoint];
    // One that is beside the one that answers, and still under way, is given up.
    std::optional<routing::Attempt> given_up;
    if (!is_last && !known.finished && !known.failure) {
      given_up = known;
      settle_given_up(request_,
                      i < expected_.size() ? static_cast<double>(expected_[i]) * request_.demand.answers : 0,
                      *given_up);
      given_up->failure =
          routing::Failure{.kind = routing::FailureKind::outrun, .progress = routing::Progress::request_sent};
    }
    const routing::Attempt& attempt = given_up ? *given_up : known;
    EntryView::Attempt each{.endpoint = endpoint.settings->name.text,
                            .provider = endpoint.provider->name.text,
                            .model = endpoint.model->name.text,
                            .cost = attempt.cost.nanos,
                            .source = source_of(attempt, endpoint)};
    if (attempt.usage) {
      each.prompt = attempt.usage->prompt.count;
      each.cached = attempt.usage->cached.count;
      each.cache_written = attempt.usage->cache_written.count;
      each.output = attempt.usage->output.count;
      each.reasoning = attempt.usage->reasoning.count;
    }
    if (attempt.finished) each.milliseconds = ms_of(*attempt.finished);
    if (attempt.failure) each.failure = word(attempt.failure->kind);
    const bool decides =
        is_last || (!last && &record_.attempts[i] == &routing::deciding_one(record_.attempts));
    if (decides) {
      entry.deciding = i;
      used.tokens += each.prompt + each.output;
    }
    // The client has a part of its answer from it.
    const bool is_heard =
        attempt.failure && attempt.failure->progress == routing::Progress::client_has_bytes && !decides;
    if (is_heard) used.tokens += each.prompt + each.output;
    const bool counts =
        charged == config::Charged::everything || ((decides || is_heard) && end != EntryEnd::refused);
    entry.cost += each.cost;
    if (counts) each.charged = each.cost;
    used.nanos += each.charged;
    entry.attempts.push_back(each);
  }
  if (record_.attempts.empty()) used.requests = reservation_.is_open() ? 1 : 0;
  const config::TimePoint now = services_.timer.now();
  entry.charged = till_->books.settle(reservation_, used, now);
  // What was not set aside is not charged: the one that decides comes first.
  record_.charged = {entry.charged};
  std::int64_t left = entry.charged;
  const auto share = [&left](EntryView::Attempt& each) {
    each.charged = std::min(each.charged, left);
    left -= each.charged;
  };
  if (entry.deciding < entry.attempts.size()) share(entry.attempts[entry.deciding]);
  for (std::size_t i = 0; i < entry.attempts.size(); ++i) {
    if (i != entry.deciding) share(entry.attempts[i]);
  }
  write_entry_of(entry, end, status, now);
}

void Tab::write_entry_of(EntryView& entry, EntryEnd end, int status, config::TimePoint now) {
  if (!till_->journal) return;
  const routing::Demand& demand = request_.demand;
  const config::Duration took = now - demand.admitted;
  entry.id = request_.id;
  entry.began_ms = ms_of(demand.wall);
  entry.at_ms = entry.began_ms + ms_of(took);
  if (demand.key) {
    entry.team = demand.key->team;
    entry.key = demand.key->name.text;
  }
  // Each once, whoever says it.
  const auto count_under = [&entry](const std::vector<std::string>& tags) {
    for (const std::string& tag : tags) {
      if (std::ranges::find(entry.tags, tag) == entry.tags.end()) entry.tags.push_back(tag);
    }
  };
  if (demand.key) count_under(demand.key->tags);
  count_under(request_.tags);
  entry.user = demand.user;
  entry.model = demand.model->name.text;
  entry.policy = request_.policy->name.text;
  entry.path = request_.surface->route();
  entry.end = end;
  entry.status = status;
  entry.streamed = demand.delivery == routing::Delivery::streamed;
  if (!entry.attempts.empty()) {
    const auto& first = record_.attempts[entry.deciding].first_delta;
    entry.first_ms =
        ms_of(first ? record_.attempts[entry.deciding].dispatched - demand.admitted + *first : took);
  }
  till_->scratch.clear();
  write_entry(entry, till_->scratch);
  if (!till_->journal->close(place_, till_->scratch)) till_->ledger->count_lost();
  place_ = Journal::nowhere;
  till_->ledger->wrote();
}

}  // namespace gateway

#include "gateway/metrics/metrics_requests.hpp"

#include <algorithm>

namespace gateway {

namespace {

double in_seconds(config::Duration time) {
  return config::Seconds(time).count();
}

constexpr std::array<std::string_view, 6> status_words{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::size_t status_class(int status) {
  const int hundreds = status / 100;
  return hundreds < 1 || hundreds > 5 ? 0 : static_cast<std::size_t>(hundreds);
}

// How far a request was when its client went away.
std::string_view phase_left(const Record& record) {
  if (record.attempts.empty()) return "before_attempt";
  return record.bytes_out == 0 ? "waiting" : "streaming";
}

// Only limits of time; a refused connection is not one.
std::string_view timeout_phase(routing::FailureKind kind) {
  switch (kind) {
    case routing::FailureKind::first_token_timeout:
      return "first_token";
    case routing::FailureKind::stalled_stream:
      return "stream";
    case routing::FailureKind::deadline:
      return "deadline";
    default:
      return {};
  }
}

// As `x-isocost-hedge` told the client, where it got an answer.
std::string_view hedge_outcome(const std::optional<routing::Failure>& failure) {
  if (!failure || failure->progress == routing::Progress::client_has_bytes) return "won";
  if (failure->kind == routing::FailureKind::outrun) return "lost";
  return failure->kind == routing::FailureKind::client_left ? "client_left" : "failed";
}

}  // namespace

RequestMetrics::RequestMetrics(MetricsFamilies& families, std::shared_ptr<const routing::Catalogue> catalogue)
    : families_(families),
      catalogue_(std::move(catalogue)),
      retries_(families.client_retries.child()),
      received_(families.received.child()),
      sent_(families.sent.child()),
      decision_time_(families.decision_time.child()),
      added_time_(families.added_time.child()) {
  paths_.reserve(most_paths);
}

void RequestMetrics::adopt(std::shared_ptr<const routing::Catalogue> catalogue) {
  catalogue_ = std::move(catalogue);
  families_.requests.keep_only([&](const prometheus::Labels& labels) {
    const std::string& model = labels.at("model");
    return model == "unknown" || model == "other" || catalogue_->find(model) != nullptr;
  });
  for (Path& path : paths_) path.requests.assign(path.requests.size(), nullptr);
  policies_.clear();
  times_.clear();
  const auto is_wanted = [&](const prometheus::Labels& labels) {
    const std::string& model = labels.at("model");
    return model == "other" || catalogue_->find(model) != nullptr;
  };
  for (CounterFamily* family :
       {&families_.left_out, &families_.nobody_left, &families_.relaxed, &families_.regret,
        &families_.regret_sd, &families_.judged_cost, &families_.judged, &families_.policy_dollars}) {
    family->keep_only(is_wanted);
  }
}

void RequestMetrics::record(const Record& record) {
  Path& path = path_of(record);
  counter_of(path, record).Increment();
  path.time->Observe(in_seconds(record.total));
  received_.Increment(static_cast<double>(record.bytes_in));
  sent_.Increment(static_cast<double>(record.bytes_out));
  if (record.deciding.count() > 0) decision_time_.Observe(in_seconds(record.deciding));
  if (record.added) added_time_.Observe(in_seconds(*record.added));
  if (record.client_retry > 0) retries_.Increment();
  // Rare enough to be looked up by text.
  if (record.retries_paid > 0) families_.budgeted_retries.child({"paid"}).Increment(record.retries_paid);
  if (record.repeats > 0) families_.repeats.child().Increment(record.repeats);
  if (record.retry_refused) families_.budgeted_retries.child({"refused"}).Increment();
  if (record.ending != Ending::answered) record_failure(record);
  if (record.waited.count() > 0 || record.shed != Shed::none) record_load(record);
  record_attempts(record);
  if (record.policy.empty() || !record.demand.model) return;
  PolicySeries& series = policy_of(record);
  if (record.left_out.most_by != routing::Removal::none) record_left_out(record, series);
  if (record.hindsight) record_hindsight(record, series);
  record_spending(record, series);
  record_first_token(record);
}

void RequestMetrics::record_first_token(const Record& record) {
  if (record.ending != Ending::answered || record.attempts.empty()) return;
  const routing::Attempt& attempt = routing::deciding_one(record.attempts);
  if (!attempt.first_visible || attempt.reason == routing::Reason::continues) return;
  auto found = std::ranges::find(times_, record.policy, &PolicyTimes::policy);
  if (found == times_.end()) {
    if (times_.size() >= most_policies) return;
    times_.push_back({record.policy, &families_.policy_first_token.child({record.policy})});
    found = times_.end() - 1;
  }
  found->first_token->Observe(
      in_seconds(attempt.dispatched + *attempt.first_visible - record.demand.admitted));
}

std::string_view RequestMetrics::model_name(const Record& record) const {
  const std::size_t model = model_of(record);
  return model == catalogue_->models().size() ? "other"
                                              : std::string_view(catalogue_->models()[model].name.text);
}

RequestMetrics::PolicySeries& RequestMetrics::policy_of(const Record& record) {
  const std::string_view model = model_name(record);
  const auto is_it = [&](const PolicySeries& s) { return s.policy == record.policy && s.model == model; };
  const auto found = std::ranges::find_if(policies_, is_it);
  if (found != policies_.end()) return *found;
  if (policies_.size() < most_policies) {
    return policies_.emplace_back(PolicySeries{.policy = record.policy, .model = std::string(model)});
  }
  PolicySeries& last = policies_.back();
  if (last.policy != "other") last = {.policy = "other", .model = "other"};
  return last;
}

void RequestMetrics::record_hindsight(const Record& record, PolicySeries& series) {
  const auto count = [&](prometheus::Counter*& counter, CounterFamily& family, double dollars) {
    if (counter == nullptr) counter = &family.child({series.policy, series.model});
    if (dollars > 0) counter->Increment(dollars);
  };
  const routing::Hindsight& seen = *record.hindsight;
  const double regret = seen.regret();
  count(series.regret, families_.regret, regret);
  count(series.regret_sd, families_.regret_sd, regret > 0 ? seen.sd : 0);
  count(series.judged_cost, families_.judged_cost, seen.chosen_cost);
  constexpr std::array<std::string_view, 3> verdicts{"best", "dearer", "unsure"};
  const std::size_t verdict = regret <= 0 ? 0 : regret >= 2 * seen.sd ? 1 : 2;
  prometheus::Counter*& judged = series.judged[verdict];
  if (judged == nullptr) judged = &families_.judged.child({series.policy, series.model, verdicts[verdict]});
  judged->Increment();
}

void RequestMetrics::record_spending(const Record& record, PolicySeries& series) {
  config::Money all, failed;
  for (const routing::Attempt& attempt : record.attempts) {
    all = all + attempt.cost;
    // Who is outrun is counted where hedges are; who left was no failure of the host.
    const bool has_failed = attempt.failure && attempt.failure->kind != routing::FailureKind::outrun &&
                            attempt.failure->kind != routing::FailureKind::client_left;
    if (has_failed) failed = failed + attempt.cost;
  }
  if (series.dollars == nullptr) {
    series.dollars = &families_.policy_dollars.child({series.policy, series.model});
  }
  series.dollars->Increment(all.dollars());
  if (failed.nanos > 0) families_.side_dollars.child({"failure"}).Increment(failed.dollars());
  // What happens in few requests may be looked up by text.
  if (!record.decisions.empty() && record.decisions.front().explored_dollars > 0) {
    families_.side_dollars.child({"exploring"}).Increment(record.decisions.front().explored_dollars);
  }
  if (record.relaxed > 0) families_.relaxed.child({series.policy, series.model}).Increment();
}

RequestMetrics::Path& RequestMetrics::path_of(const Record& record) {
  const auto found =
      std::find_if(paths_.begin(), paths_.end(), [&](const Path& p) { return p.text == record.path; });
  if (found != paths_.end()) return *found;
  if (paths_.size() == most_paths) return paths_.back();
  const std::string& text = paths_.size() + 1 == most_paths ? "other" : record.path;
  return paths_.emplace_back(
      Path{.text = text, .time = &families_.request_time.child({text}), .requests = {}});
}

std::size_t RequestMetrics::model_of(const Record& record) const {
  const routing::PublicModel* model = record.model.empty() ? nullptr : catalogue_->find(record.model);
  return model == nullptr ? catalogue_->models().size()
                          : static_cast<std::size_t>(model - catalogue_->models().data());
}

prometheus::Counter& RequestMetrics::counter_of(Path& path, const Record& record) {
  const std::size_t model = model_of(record);
  const std::size_t status = status_class(record.status);
  const auto ending = static_cast<std::size_t>(record.ending);
  const std::size_t index = (model * statuses + status) * endings + ending;
  if (path.requests.size() <= index) {
    path.requests.resize((catalogue_->models().size() + 1) * statuses * endings, nullptr);
  }
  prometheus::Counter*& counter = path.requests[index];
  if (counter == nullptr) {
    const std::string_view name = model == catalogue_->models().size()
                                      ? "unknown"
                                      : std::string_view(catalogue_->models()[model].name.text);
    counter = &families_.requests.child({path.text, name, status_words[status], word(record.ending)});
  }
  return *counter;
}

void RequestMetrics::record_load(const Record& record) {
  const std::string_view priority = config::priority_names[static_cast<std::size_t>(record.priority)];
  if (record.shed != Shed::none) families_.shed.child({priority, word(record.shed)}).Increment();
  if (record.waited.count() > 0) families_.line_time.child({priority}).Observe(in_seconds(record.waited));
}

// Failures are rarer than answers, and may look their series up by text.
void RequestMetrics::record_failure(const Record& record) {
  if (record.ending == Ending::client_left) {
    families_.client_aborts.child({phase_left(record)}).Increment();
  } else if (!record.error.empty()) {
    families_.rejected.child({record.error}).Increment();
  }
}

void RequestMetrics::record_left_out(const Record& record, PolicySeries& series) {
  for (std::size_t i = 1; i < record.left_out.by.size(); ++i) {
    const std::uint32_t count = record.left_out.by[i];
    if (count == 0) continue;
    prometheus::Counter*& counter = series.left_out[i];
    if (counter == nullptr) {
      const std::string_view reason = word(static_cast<routing::Removal>(i));
      counter = &families_.left_out.child({series.policy, series.model, reason});
    }
    counter->Increment(count);
  }
  if (record.left_out.by[0] == 0) families_.nobody_left.child({series.policy, series.model}).Increment();
}

void RequestMetrics::record_attempts(const Record& record) {
  for (std::size_t i = 0; i < record.attempts.size(); ++i) {
    const routing::Attempt& attempt = record.attempts[i];
    auto& picks = picks_[static_cast<std::size_t>(attempt.reason)];
    if (picks == nullptr) picks = &families_.picks.child({word(attempt.reason)});
    picks->Increment();
    const auto& failure = attempt.failure;
    const bool is_outrun = failure && failure->kind == routing::FailureKind::outrun;
    if (attempt.reason == routing::Reason::hedge) {
      families_.hedges.child({hedge_outcome(failure)}).Increment();
    }
    if (attempt.reason == routing::Reason::continues) {
      families_.continued.child({!failure ? "answered" : "broken"}).Increment();
    }
    if (is_outrun) families_.side_dollars.child({"hedge"}).Increment(attempt.cost.dollars());
    if (!failure || is_outrun) continue;
    const std::string_view phase = timeout_phase(failure->kind);
    if (!phase.empty()) families_.timeouts.child({phase}).Increment();
    if (i + 1 == record.attempts.size()) continue;
    families_.fallbacks.child({failure_of(record.attempts, i, record.ran_on)}).Increment();
  }
}

}  // namespace gateway

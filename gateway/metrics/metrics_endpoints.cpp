#include "gateway/metrics/metrics_endpoints.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "gateway/observe/standing.hpp"

namespace gateway {

namespace {

double seconds(config::Duration time) {
  return config::Seconds(time).count();
}

// The child in `slot`, made with these labels when it is not there yet.
template <class T>
T& child(T*& slot, MetricFamily<T>& family, std::initializer_list<std::string_view> labels) {
  if (slot == nullptr) slot = &family.child(labels);
  return *slot;
}

// Mean time between two tokens, of replies that came in pieces.
std::optional<double> time_per_token(const routing::Attempt& attempt) {
  if (!attempt.usage || !attempt.first_delta || !attempt.finished) return {};
  if (attempt.deltas < 2 || attempt.usage->output.count < 2) return {};
  return seconds(*attempt.finished - *attempt.first_delta) /
         static_cast<double>(attempt.usage->output.count - 1);
}

// Our account there has no money left, which is mended elsewhere than a key that is refused.
bool is_unpaid(const routing::Attempt& attempt) {
  return attempt.failure && attempt.failure->kind == routing::FailureKind::credential &&
         (attempt.failure->status == 402 || attempt.failure->status == 429);
}

}  // namespace

EndpointMetrics::EndpointMetrics(MetricsFamilies& families,
                                 std::shared_ptr<const routing::Catalogue> catalogue)
    : families_(families),
      today_(std::move(catalogue)),
      busiest_(today_.catalogue().endpoints().size()),
      series_(today_.catalogue().endpoints().size()),
      models_(today_.catalogue().settings().models.size()) {}

void EndpointMetrics::adopt(std::shared_ptr<const routing::Catalogue> catalogue) {
  today_.adopt(std::move(catalogue));
  busiest_ = Busiest(today_.catalogue().endpoints().size());
  models_.assign(today_.catalogue().settings().models.size(), {});
  const auto is_wanted = [&](const prometheus::Labels& labels) {
    return labels.at("model") == "other" || today_.catalogue().find(labels.at("model")) != nullptr;
  };
  for (HistogramFamily* f :
       {&families_.first_token, &families_.attempt_time, &families_.per_token, &families_.gap}) {
    f->keep_only(is_wanted);
  }
  keep_named();
}

void EndpointMetrics::keep_named() {
  std::unordered_set<std::string> named;
  const auto& endpoints = today_.catalogue().endpoints();
  for (const routing::Endpoint& e : endpoints) {
    // Where a reload changed them, who is busy shows again.
    if (busiest_.has_name(e.index)) named.insert(e.settings->name.text + '\n' + e.model->name.text);
  }
  const auto is_wanted = [&](const prometheus::Labels& labels) {
    return labels.at("endpoint") == "other" ||
           named.contains(labels.at("endpoint") + '\n' + labels.at("model"));
  };
  for (CounterFamily* f : {&families_.attempts, &families_.tokens, &families_.dollars,
                           &families_.attempt_seconds, &families_.output_seconds}) {
    f->keep_only(is_wanted);
  }
  for (GaugeFamily* f : {&families_.in_flight, &families_.standing, &families_.engine, &families_.demoted})
    f->keep_only(is_wanted);
  families_.endpoint_first_token.keep_only(is_wanted);
  series_.assign(endpoints.size(), {});
}

void EndpointMetrics::record(const Record& whole) {
  for (std::size_t i = 0; i < whole.attempts.size(); ++i) {
    if (const auto index = today_.index_of(whole, whole.attempts[i])) record(whole, i, *index);
  }
}

EndpointMetrics::Labels EndpointMetrics::labels_of(routing::EndpointIndex index) const {
  if (!busiest_.has_name(index)) return {"other", "other"};
  const routing::Endpoint& endpoint = today_.catalogue().endpoints()[index];
  return {endpoint.settings->name.text, endpoint.model->name.text};
}

prometheus::Counter& EndpointMetrics::attempts_of(const Record& whole, std::size_t number,
                                                  routing::EndpointIndex index) {
  const routing::Attempt& attempt = whole.attempts[number];
  const bool unpaid = is_unpaid(attempt);
  const bool ran_on = has_run_on(number, whole.ran_on);
  const std::size_t outcome = unpaid            ? routing::failure_kinds + 1
                              : ran_on          ? routing::failure_kinds + 2
                              : attempt.failure ? static_cast<std::size_t>(attempt.failure->kind)
                                                : routing::failure_kinds;
  Series& series = series_of(index);
  prometheus::Counter*& counter = series.attempts[outcome];
  if (counter != nullptr) return *counter;
  const Labels labels = labels_of(index);
  // There is always room for successes.
  const bool has_room = !attempt.failure || series.outcomes + 2 < MetricsFamilies::outcomes;
  if (has_room && attempt.failure) ++series.outcomes;
  const std::string_view name = !has_room         ? "other"
                                : unpaid          ? "payment"
                                : attempt.failure ? failure_of(whole.attempts, number, whole.ran_on)
                                                  : "success";
  counter = &families_.attempts.child({labels.endpoint, labels.model, name});
  return *counter;
}

void EndpointMetrics::record(const Record& whole, std::size_t number, routing::EndpointIndex index) {
  const routing::Attempt& attempt = whole.attempts[number];
  busiest_.count(index);
  attempts_of(whole, number, index).Increment();
  // Rare enough to look the series up by text.
  if (attempt.failure && attempt.failure->tls != routing::TlsFault::none) {
    families_.tls_failures.child({word(attempt.failure->tls)}).Increment();
  }
  record_times(attempt, index);
  record_usage(attempt, index);
  record_checks(attempt);
}

void EndpointMetrics::record_checks(const routing::Attempt& attempt) {
  constexpr std::array<std::string_view, 3> outcomes{"passed", "failed", "unjudged"};
  for (std::size_t check = 0; check < routing::check_count; ++check) {
    const routing::Checked outcome = attempt.conduct[check];
    if (outcome == routing::Checked::no) continue;
    const std::size_t place = static_cast<std::size_t>(outcome) - 1;
    child(checked_[check][place], families_.checked_answers,
          {routing::to_text(static_cast<routing::Check>(check)), outcomes[place]})
        .Increment();
  }
}

int EndpointMetrics::demoted_checks(const routing::Quality& quality) {
  int demoted = 0;
  for (std::size_t check = 0; check < quality.size(); ++check) {
    const bool is_heeded = routing::is_heeded(static_cast<routing::Check>(check));
    demoted += is_heeded && quality[check].regard == routing::Regard::demoted ? 1 : 0;
  }
  return demoted;
}

void EndpointMetrics::record_times(const routing::Attempt& attempt, routing::EndpointIndex index) {
  const Labels labels = labels_of(index);
  const routing::Endpoint& endpoint = today_.catalogue().endpoints()[index];
  const std::string_view model = endpoint.model->name.text;
  Series& series = series_of(index);
  ModelSeries& of_model = models_[endpoint.model_index];
  if (attempt.first_delta) {
    const double time = seconds(*attempt.first_delta);
    child(series.first_token, families_.endpoint_first_token, {labels.endpoint, labels.model}).Observe(time);
    child(of_model.first_token, families_.first_token, {model}).Observe(time);
  }
  if (!attempt.failure && attempt.finished) {
    const double time = seconds(*attempt.finished);
    child(series.seconds, families_.attempt_seconds, {labels.endpoint, labels.model}).Increment(time);
    child(of_model.total, families_.attempt_time, {model}).Observe(time);
  }
  if (attempt.worst_gap) child(of_model.gap, families_.gap, {model}).Observe(seconds(*attempt.worst_gap));
  if (const auto time = time_per_token(attempt)) {
    child(series.output_seconds, families_.output_seconds, {labels.endpoint, labels.model})
        .Increment(seconds(*attempt.finished - *attempt.first_delta));
    child(of_model.per_token, families_.per_token, {model}).Observe(*time);
  }
}

void EndpointMetrics::record_usage(const routing::Attempt& attempt, routing::EndpointIndex index) {
  const Labels labels = labels_of(index);
  Series& series = series_of(index);
  if (attempt.cost.nanos > 0) {
    child(series.dollars, families_.dollars, {labels.endpoint, labels.model})
        .Increment(attempt.cost.dollars());
  }
  if (!attempt.usage) return;
  const routing::Usage& usage = *attempt.usage;
  constexpr std::array<std::string_view, MetricsFamilies::token_types> types{
      "prompt", "cached", "cache_written", "output", "reasoning"};
  const std::array<config::Tokens, MetricsFamilies::token_types> counts{
      usage.prompt, usage.cached, usage.cache_written, usage.output, usage.reasoning};
  for (std::size_t type = 0; type < counts.size(); ++type) {
    if (counts[type].count <= 0) continue;
    child(series.tokens[type], families_.tokens, {labels.endpoint, labels.model, types[type]})
        .Increment(static_cast<double>(counts[type].count));
  }
}

void EndpointMetrics::set_engine(Series& series, Labels labels, const routing::EngineState& engine) {
  if (std::isnan(engine.running) && !series.engine[0]) return;
  const auto told = [](double requests) { return std::isnan(requests) ? 0 : requests; };
  const auto set = [&](std::size_t place, std::string_view which, double requests) {
    child(series.engine[place], families_.engine, {labels.endpoint, labels.model, which}).Set(requests);
  };
  set(0, "running", told(engine.running));
  set(1, "waiting", told(engine.waiting));
  set(2, "others", told(engine.others));
}

void EndpointMetrics::observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight,
                              config::TimePoint now, std::span<const routing::EndpointIndex> drained) {
  if (snapshot.catalogue.get() != &today_.catalogue()) return;  // one of another generation: the next will do
  if (busiest_.look(now)) keep_named();
  struct Sums {
    int in_flight = 0;
    std::array<int, MetricsFamilies::states> in_state{};
    int demoted = 0;
  };
  const auto set = [&](Series& series, Labels labels, const Sums& sums) {
    child(series.in_flight, families_.in_flight, {labels.endpoint, labels.model}).Set(sums.in_flight);
    for (std::size_t state = 0; state < sums.in_state.size(); ++state) {
      // Engines of one's own alone can say so; operators alone can do so.
      const bool is_rare = static_cast<Standing>(state) == Standing::not_ready ||
                           static_cast<Standing>(state) == Standing::drained;
      if (is_rare && sums.in_state[state] == 0 && !series.standing[state]) continue;
      const std::string_view name = to_text(static_cast<Standing>(state));
      child(series.standing[state], families_.standing, {labels.endpoint, labels.model, name})
          .Set(sums.in_state[state]);
    }
    if (sums.demoted > 0 || series.demoted)
      child(series.demoted, families_.demoted, {labels.endpoint, labels.model}).Set(sums.demoted);
  };
  Sums other;
  bool has_other = false;
  for (const routing::Endpoint& endpoint : today_.catalogue().endpoints()) {
    const bool is_drained = std::ranges::find(drained, endpoint.index) != drained.end();
    const Standing standing =
        is_drained ? Standing::drained : stand_of(snapshot.endpoints[endpoint.index], now).standing;
    const auto stands = static_cast<std::size_t>(standing);
    const bool is_named = busiest_.has_name(endpoint.index);
    Sums own;
    Sums& sums = is_named ? own : other;
    sums.in_flight += in_flight.at(endpoint.index);
    ++sums.in_state[stands];
    sums.demoted += demoted_checks(snapshot.endpoints[endpoint.index].quality);
    has_other = has_other || !is_named;
    if (!is_named) continue;
    Series& series = series_[endpoint.index];
    set(series, labels_of(endpoint.index), own);
    set_engine(series, labels_of(endpoint.index), snapshot.endpoints[endpoint.index].engine);
  }
  if (has_other) set(other_, {"other", "other"}, other);
  observe_evidence(snapshot);
}

void EndpointMetrics::observe_evidence(const routing::Snapshot& snapshot) {
  families_.evidence.keep_only([](const prometheus::Labels&) { return false; });
  if (!snapshot.evidence) return;
  for (const routing::Endpoint& endpoint : today_.catalogue().endpoints()) {
    if (endpoint.index >= snapshot.evidence->size() || !busiest_.has_name(endpoint.index)) continue;
    const routing::QualityEvidence& of = (*snapshot.evidence)[endpoint.index];
    const auto noted = [](const routing::CheckEvidence& check) {
      return check.regard < routing::Regard::noted ? 0 : check.evidence;
    };
    const auto most = std::ranges::max_element(of.checks, {}, noted);
    if (most->regard < routing::Regard::noted) continue;
    const Labels labels = labels_of(endpoint.index);
    const auto check = static_cast<routing::Check>(most - of.checks.begin());
    families_.evidence.child({labels.endpoint, labels.model, routing::to_text(check)}).Set(most->evidence);
  }
}

}  // namespace gateway

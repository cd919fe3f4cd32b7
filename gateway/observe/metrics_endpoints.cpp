#include "gateway/observe/metrics_endpoints.hpp"

#include <algorithm>
#include <cmath>

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
    : families_(families), today_(std::move(catalogue)), series_(today_.catalogue().endpoints().size()) {}

void EndpointMetrics::adopt(std::shared_ptr<const routing::Catalogue> catalogue) {
  today_.adopt(std::move(catalogue));
  const auto wanted = [&](const prometheus::Labels& labels) {
    const auto& endpoints = today_.catalogue().endpoints();
    return labels.at("endpoint") == "other" ||
           std::any_of(endpoints.begin(), endpoints.end(), [&](const routing::Endpoint& e) {
             return e.settings->name.text == labels.at("endpoint") &&
                    e.model->name.text == labels.at("model");
           });
  };
  for (CounterFamily* f :
       {&families_.attempts, &families_.tls_failures, &families_.tokens, &families_.dollars}) {
    f->keep_only(wanted);
  }
  for (GaugeFamily* f : {&families_.in_flight, &families_.standing, &families_.engine}) f->keep_only(wanted);
  for (HistogramFamily* f :
       {&families_.first_token, &families_.attempt_time, &families_.per_token, &families_.gap}) {
    f->keep_only(wanted);
  }
  series_.assign(today_.catalogue().endpoints().size(), {});
}

void EndpointMetrics::record(const Record& whole) {
  for (const routing::Attempt& attempt : whole.attempts) {
    if (const auto index = today_.index_of(whole, attempt)) record(attempt, *index);
  }
}

void EndpointMetrics::record(const routing::Attempt& attempt, routing::EndpointIndex index) {
  const routing::Endpoint& endpoint = today_.catalogue().endpoints()[index];
  const std::size_t outcome = is_unpaid(attempt) ? routing::failure_kinds + 1
                              : attempt.failure  ? static_cast<std::size_t>(attempt.failure->kind)
                                                 : routing::failure_kinds;
  child(series_[index].attempts[outcome], families_.attempts,
        {endpoint.settings->name.text, endpoint.model->name.text,
         is_unpaid(attempt) ? "payment"
         : attempt.failure  ? word(attempt.failure->kind)
                            : "success"})
      .Increment();
  // Rare enough to look the series up by text.
  if (attempt.failure && attempt.failure->tls != routing::TlsFault::none) {
    families_.tls_failures
        .child({endpoint.settings->name.text, endpoint.model->name.text, word(attempt.failure->tls)})
        .Increment();
  }
  record_times(attempt, index);
  record_usage(attempt, index);
}

void EndpointMetrics::record_times(const routing::Attempt& attempt, routing::EndpointIndex index) {
  const routing::Endpoint& endpoint = today_.catalogue().endpoints()[index];
  const std::initializer_list<std::string_view> labels{endpoint.settings->name.text,
                                                       endpoint.model->name.text};
  Series& series = series_[index];
  if (attempt.first_delta) {
    child(series.first_token, families_.first_token, labels).Observe(seconds(*attempt.first_delta));
  }
  if (!attempt.failure && attempt.finished) {
    child(series.total, families_.attempt_time, labels).Observe(seconds(*attempt.finished));
  }
  if (attempt.worst_gap) child(series.gap, families_.gap, labels).Observe(seconds(*attempt.worst_gap));
  if (const auto time = time_per_token(attempt)) {
    child(series.per_token, families_.per_token, labels).Observe(*time);
  }
}

void EndpointMetrics::record_usage(const routing::Attempt& attempt, routing::EndpointIndex index) {
  const routing::Endpoint& endpoint = today_.catalogue().endpoints()[index];
  const std::string_view name = endpoint.settings->name.text, model = endpoint.model->name.text;
  Series& series = series_[index];
  if (attempt.cost.nanos > 0) {
    child(series.dollars, families_.dollars, {name, model}).Increment(attempt.cost.dollars());
  }
  if (!attempt.usage) return;
  const routing::Usage& usage = *attempt.usage;
  constexpr std::array<std::string_view, token_types> types{"prompt", "cached", "cache_written", "output",
                                                            "reasoning"};
  const std::array<config::Tokens, token_types> counts{usage.prompt, usage.cached, usage.cache_written,
                                                       usage.output, usage.reasoning};
  for (std::size_t type = 0; type < token_types; ++type) {
    if (counts[type].count <= 0) continue;
    child(series.tokens[type], families_.tokens, {name, model, types[type]})
        .Increment(static_cast<double>(counts[type].count));
  }
}

void EndpointMetrics::observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight,
                              config::TimePoint now) {
  if (snapshot.catalogue.get() != &today_.catalogue()) return;  // one of another generation: the next will do
  for (const routing::Endpoint& endpoint : today_.catalogue().endpoints()) {
    const std::string_view name = endpoint.settings->name.text, model = endpoint.model->name.text;
    Series& series = series_[endpoint.index];
    child(series.in_flight, families_.in_flight, {name, model}).Set(in_flight.at(endpoint.index));
    const Standing stands = stand_of(snapshot.endpoints[endpoint.index], now).standing;
    for (std::size_t state = 0; state < states; ++state) {
      const auto which = static_cast<Standing>(state);
      child(series.standing[state], families_.standing, {name, model, to_text(which)})
          .Set(which == stands ? 1 : 0);
    }
    const routing::EngineState& engine = snapshot.endpoints[endpoint.index].engine;
    if (std::isnan(engine.running)) continue;
    child(series.engine[0], families_.engine, {name, model, "running"}).Set(engine.running);
    child(series.engine[1], families_.engine, {name, model, "waiting"})
        .Set(std::isnan(engine.waiting) ? 0 : engine.waiting);
    child(series.engine[2], families_.engine, {name, model, "others"}).Set(engine.others);
  }
}

}  // namespace gateway

#include "gateway/control/control_loop.hpp"

#include <boost/asio/post.hpp>

#include "gateway/generation/configuration.hpp"
#include "gateway/observe/read_ahead.hpp"
#include "routing/policy/first_token_limit.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;

// At most this old is what the data loops know, while anything happens.
constexpr std::chrono::milliseconds between_snapshots{100};

// Records of some seconds at full load, and a bound to the memory they take when this loop does not keep up.
constexpr std::size_t most_waiting = 100'000;

Calendar calendar_of(const config::Settings& settings, config::WallTime now) {
  std::string why;
  return {config::load_time_zone(settings.time_zone, why), now, config::Clock::now()};
}

}  // namespace

ControlLoop::ControlLoop(std::shared_ptr<const Generation> generation, std::string version,
                         providers::WallClock wall)
    : generation_(std::move(generation)),
      version_(std::move(version)),
      wall_(std::move(wall)),
      calendar_(calendar_of(generation_->catalogue->settings(), wall_())),
      market_(generation_->catalogue, config::Clock::now()),
      metrics_(version_, generation_->catalogue),
      log_(generation_->catalogue->settings().log),
      traffic_(generation_->catalogue, config::Clock::now()),
      published_(market_.snapshot(config::Clock::now())) {
  shadows_.adopt(generation_->catalogue, generation_->policies);
  shadows_.keep(published_);
  observe_limits();
}

void ControlLoop::keep_records(Storage& storage) {
  storage_ = &storage;
  storage_->keep(published_);
}

std::int64_t ControlLoop::begin_day() {
  const Day day = today();
  generation_->budgets.pass(day);
  return day.begins;
}

// As the days of quotas.
Day ControlLoop::today() const {
  const config::WallTime now = calendar_.wall(config::Clock::now());
  const Calendar::Window day = calendar_.window(config::Period::day, now);
  const auto begins = std::chrono::floor<std::chrono::seconds>(day.begins).time_since_epoch();
  return {.begins = begins.count(),
          .share = config::Seconds(now - day.begins) / config::Seconds(day.ends - day.begins)};
}

void ControlLoop::export_metrics_now() {
  if (metric_exporter_) metric_exporter_->give(make_metrics(), wall_());
}

void ControlLoop::keep(std::shared_ptr<const routing::Snapshot> snapshot) {
  published_ = std::move(snapshot);
  shadows_.keep(published_);
  if (storage_) storage_->keep(published_);
  learned_ = false;
}

void ControlLoop::serve(std::vector<DataLoop*> loops) {
  loops_ = std::move(loops);
  take_out();
  beating_.begin(between_snapshots, [this] { beat(); });
}

void ControlLoop::deliver(Batch batch, DataLoop& from) {
  const std::size_t size = batch.records.size() + batch.sightings.size();
  if (waiting_.fetch_add(size, std::memory_order_relaxed) > most_waiting) {
    waiting_.fetch_sub(size, std::memory_order_relaxed);
    metrics_.count(Event::record_dropped, batch.records.size());
    return;
  }
  asio::post(io_, [this, seen = std::move(batch), size, &from]() mutable {
    waiting_.fetch_sub(size, std::memory_order_relaxed);
    take(seen);
    if (seen.records.empty()) return;
    const auto give_back = [&from](std::vector<RecordPtr> read) {
      asio::post(from.io(), [read = std::move(read), &from]() mutable { from.reuse(std::move(read)); });
    };
    if (storage_) {
      storage_->keep(std::move(seen.records), give_back);
    } else {
      give_back(std::move(seen.records));
    }
  });
}

void ControlLoop::learn(const Batch& batch, config::TimePoint now) {
  for (const Sighting& each : batch.sightings) {
    if (each.what == Sighting::What::begins) {
      market_.begins(each.attempt, each.asked, each.at);
    } else {
      market_.ends(each.attempt, each.asked, each.at);
    }
  }
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    read_ahead(batch.records, i);
    const RecordPtr& record = batch.records[i];
    const auto over = record->wall + std::chrono::duration_cast<config::WallTime::duration>(record->total);
    for (const routing::Attempt& attempt : record->attempts) {
      const config::TimePoint ended =
          attempt.dispatched + attempt.finished.value_or(now - attempt.dispatched);
      market_.observe(attempt, record->demand, ended);
      generation_->budgets.count(record->policy, attempt.cost, over);
    }
  }
}

void ControlLoop::take(const Batch& batch) {
  const config::TimePoint now = config::Clock::now();
  learn(batch, now);
  // At once where somebody should know; what follows can wait.
  learned_ = learned_since_kept_ = true;
  if (market_.flipped()) {
    publish();
    tell_others(now);
  }

  LateLook look([&] { return market_.seen(now); });
  judge_.judge(batch.records, now, look);
  if (keep_regrets_) regrets_.add(batch.records);
  shadows_.judge(batch.records, generation_->policies, now, look);
  const bool is_watched = tail_.is_watched(now);
  for (const RecordPtr& each : batch.records) {
    const Record& record = *each;
    metrics_.record(record);
    traffic_.record(record, now, is_of_model(record.path) ? Traffic::Of::model : Traffic::Of::page);
    log_.write(record);
    if (is_watched) tail_.add(record);
    if (tracer_) tracer_->add(record);
  }
  log_.flush();
  metrics_.count(Event::log_line_lost, log_.lost() - std::exchange(lost_before_, log_.lost()));
  if (storage_) {
    const std::uint64_t lost = storage_->lost();
    metrics_.count(Event::record_dropped, lost - std::exchange(records_lost_before_, lost));
  }
}

void ControlLoop::hear(const EngineNews& news) {
  if (news.generation != generation_->catalogue->generation()) return;  // the next look will do
  const config::TimePoint now = config::Clock::now();
  const auto& endpoints = generation_->catalogue->endpoints_of(news.provider);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    if (market_.hears(endpoints[i], news.report, news.own[i], now)) learned_ = true;
  }
  if (market_.flipped()) publish();
}

void ControlLoop::look_at_canaries(config::TimePoint now) {
  const auto& wanted = generation_->catalogue->settings().quality.canaries;
  // What they cost is accounted for in the state directory, which somebody else may have by now.
  if (!canaries_ || is_given_up_ || !wanted || now < next_canaries_) return;
  next_canaries_ = now + std::min<config::Duration>(std::chrono::seconds(1), wanted->every);
  canaries_->look(
      {.generation = generation_, .snapshot = published_, .out = service_.out(), .day = today().begins});
}

void ControlLoop::hear(const CanaryNews& news) {
  const config::TimePoint now = config::Clock::now();
  metrics_.observe_canary(!news.failure, news.cost.dollars(), news.budget_used, now);
  if (news.failure || news.generation->catalogue != generation_->catalogue) return;
  market_.hears_canary(news.endpoint, news.conduct, now);
  learned_ = learned_since_kept_ = true;
  if (market_.flipped()) publish();
}

void ControlLoop::hear(const std::vector<routing::Bulletin>& bulletins) {
  if (!is_market_shared() || !shared_market_->hear(bulletins, config::Clock::now())) return;
  learned_ = learned_since_kept_ = true;
  if (market_.flipped()) publish();
}

void ControlLoop::tell_others(config::TimePoint now) {
  if (!shared_market_) return;
  if (shared_market_->pass(now)) learned_ = true;
  shared_market_->tell(*generation_->catalogue, generation_->in_flight, now);
}

void ControlLoop::beat() {
  tell_others(config::Clock::now());
  if (learned_) publish();
  if (pulse_) pulse_();
  if (!shadows_.is_empty()) {
    const Day day = today();
    shadows_.pass(day.begins, day.share);
  }
  if (!generation_->budgets.is_empty()) {
    generation_->budgets.pass(today());
    if (shared_market_) shared_market_->spent(generation_->budgets.own());
  }
  log_.tell_left_out(wall_());
  const config::TimePoint now = config::Clock::now();
  if (tail_.is_due(now)) tail_.beat(make_status(), now);
  look_at_canaries(now);
}

void ControlLoop::publish() {
  keep(market_.snapshot(config::Clock::now()));
  for (DataLoop* loop : loops_) {
    asio::post(loop->io(), [loop, snapshot = published_] { loop->learn(snapshot); });
  }
}

config::Problems ControlLoop::adopt(std::shared_ptr<const Generation> generation) {
  const config::TimePoint now = config::Clock::now();
  generation_ = std::move(generation);
  calendar_ = calendar_of(generation_->catalogue->settings(), wall_());
  market_.adopt(generation_->catalogue, now);
  if (shared_market_) shared_market_->adopt(*generation_->catalogue);
  shadows_.adopt(generation_->catalogue, generation_->policies);
  metrics_.adopt(generation_->catalogue);
  traffic_.adopt(generation_->catalogue);
  log_.reopen(generation_->catalogue->settings().log);
  service_.adopt(*generation_->catalogue);
  keep(market_.snapshot(now));
  for (DataLoop* loop : loops_) {
    asio::post(loop->io(), [loop, newest = generation_, snapshot = published_, out = service_.out()] {
      loop->adopt(newest, snapshot);
      loop->take_out(out);
    });
  }
  observe_limits();
  config::Problems problems = out_of_reach(generation_->policies, *published_);
  if (const auto fault = log_.fault()) {
    problems.push_back({.severity = config::Severity::warning,
                        .path = "log.file",
                        .message = *fault,
                        .suggestion = "until it can be, lines are lost and counted",
                        .excerpt = {}});
  }
  return problems;
}

void ControlLoop::observe_limits() {
  std::vector<std::pair<std::string, double>> limits;
  for (const routing::Policy& policy : generation_->policies.policies()) {
    const auto limit = routing::first_token_limit(policy);
    if (limit) limits.emplace_back(policy.name.text, *limit);
  }
  metrics_.observe_limits(limits);
}

void ControlLoop::take_out() {
  for (DataLoop* loop : loops_) {
    asio::post(loop->io(), [loop, out = service_.out()] { loop->take_out(out); });
  }
}

void ControlLoop::finish() {
  beating_.end();
  keeping_market_.end();
  keeping_regrets_.end();
  exporting_metrics_.end();
  log_.flush();
  io_.stop();
}

}  // namespace gateway

// The one thread that learns: it takes the records of all data loops, feeds market, metrics, traffic and log
// with them, and publishes what the market knows to the data loops. Single writer of all of these.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "gateway/accounts/calendar.hpp"
#include "gateway/canaries/canary_watch.hpp"
#include "gateway/console/configuration_page.hpp"
#include "gateway/console/tail.hpp"
#include "gateway/control/administration.hpp"
#include "gateway/control/service_desk.hpp"
#include "gateway/control/shared_market.hpp"
#include "gateway/engines/engine_watch.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/ledger/regret_sums.hpp"
#include "gateway/metrics/metrics.hpp"
#include "gateway/observe/judge.hpp"
#include "gateway/observe/request_log.hpp"
#include "gateway/observe/shadows.hpp"
#include "gateway/observe/traffic.hpp"
#include "gateway/pages/status_page.hpp"
#include "gateway/probe/host_probe.hpp"
#include "gateway/recall/record_desk.hpp"
#include "gateway/record_file/market_file.hpp"
#include "gateway/record_file/storage.hpp"
#include "gateway/run/control_pages.hpp"
#include "gateway/run/data_loop.hpp"
#include "gateway/trace/metric_exporter.hpp"
#include "gateway/trace/trace_exporter.hpp"
#include "providers/loop/regularly.hpp"
#include "providers/loop/wall_clock.hpp"
#include "routing/market/market.hpp"

namespace gateway {

class ControlLoop final : public Pages {
 public:
  ControlLoop(std::shared_ptr<const Generation> generation, std::string version,
              providers::WallClock wall = providers::system_wall);

  boost::asio::io_context& io() { return io_; }
  Metrics& counters() { return metrics_; }
  // Before the threads run: why requests cannot be logged; nothing when they can.
  std::optional<std::string> log_fault() const { return log_.fault(); }
  // What was published last; before the threads run, or on this loop's thread.
  std::shared_ptr<const routing::Snapshot> published() const { return published_; }
  // Before anything else, where records are kept: the storage must outlive this loop's thread.
  void keep_records(Storage& storage);
  // Before the threads run: where they are looked up, and what takes its time is made; outlives this loop's
  // thread.
  void work_at(RecordDesk& desk) { desk_ = &desk; }
  // Before the threads run: who exports traces; outlives this loop's thread.
  void trace_to(TraceExporter& exporter) { tracer_ = &exporter; }
  // Before the threads run: who exports metrics; outlives this loop's thread.
  void export_metrics_to(MetricExporter& exporter) {
    metric_exporter_ = &exporter;
    exporting_metrics_.begin(exporter.interval(), [this] { export_metrics_now(); });
  }
  // Once this loop's thread has ended, too.
  void export_metrics_now();
  // Before the threads run: who asks canaries; outlives this loop's thread.
  void ask_canaries_by(CanaryWatch& watch) { canaries_ = &watch; }
  // What became of one. On this loop's thread.
  void hear(const CanaryNews& news);
  // Before the threads run: what can be said of the configuration, asked on this loop's thread.
  void on_configuration(std::function<ConfigurationFacts()> facts, bool demo) {
    configuration_ = std::move(facts);
    is_demo_ = demo;
  }

  // Before anything else, where what the market knows is kept over restarts: takes up what is there, and
  // hands over what is known every ten seconds. Returns what to tell of it, if anything.
  std::string keep_market(MarketFile& file);
  // Once this loop's thread has ended, or on it.
  void keep_market_now();
  // On this loop's thread: what is kept belongs to another process from now on, which is told of changes; and
  // belongs to this one again.
  void give_up_state();
  void take_state_back(MarketFile* file);
  bool is_state_given_up() const { return is_given_up_; }

  // Before the threads run, and once the market knows what it is to know at the start: how it is told to
  // other gateways; outlives this loop's thread.
  void share_market(MarketExchange& exchange) {
    shared_market_.emplace(exchange, market_, *generation_->catalogue);
  }
  bool is_market_shared() const { return shared_market_ && shared_market_->is_shared(); }
  // With how many the market is one, this one counted; 0 where it is not shared. On this loop's thread.
  std::size_t market_gateways(config::TimePoint now) const {
    return is_market_shared() ? shared_market_->gateways(now) + 1 : 0;
  }
  // What others told. On this loop's thread.
  void hear(const std::vector<routing::Bulletin>& bulletins);

  // Of policies with a budget, on this loop's thread or before the threads run: when today began; whose past
  // nobody has asked for yet; what the ledger has of it from before it was counted here; what other gateways
  // have spent of it by now.
  std::int64_t begin_day();
  std::vector<std::string> take_new_budgets(config::WallTime until) {
    return generation_->budgets.take_new(until);
  }
  void began_with(const PolicySpent& own, const PolicySpent& others) {
    generation_->budgets.began_with(own, others);
  }
  void others_spent(const std::vector<PolicySpent>& others) { generation_->budgets.others_spent(others); }

  // Called from data loops' threads: hands a batch over, which goes back to its loop once it is read. Drops
  // it, and counts that, when too many wait.
  void deliver(Batch batch, DataLoop& from);
  // What an engine of one's own says of itself. On its thread.
  void hear(const EngineNews& news);
  // Counts and logs records of this loop's own listener. On its thread.
  void note(const Batch& batch) { take(batch); }
  // The log's file may have been moved away.
  void reopen_log() { log_.reopen(generation_->catalogue->settings().log); }
  // Before the threads run.
  void serve(std::vector<DataLoop*> loops);
  // Asked on data loops: made on this loop, continued on the asker's.
  providers::Task<std::shared_ptr<const std::string>> metrics(Loop& asker) override;
  providers::Task<std::string> status(Loop& asker) override;
  providers::Task<Reloaded> reload(Loop& asker) override;
  providers::Task<Administered> administer(Loop& asker, AdminCall call) override;
  // Who answers about keys and money; to be set before the threads run, and outlives them.
  void administered_by(Administration& administration) { administration_ = &administration; }
  // Called ten times a second on this loop's thread.
  void on_pulse(std::function<void()> pulse) { pulse_ = std::move(pulse); }
  // What is counted of money, before each look at the metrics.
  void on_metrics(std::function<void(Metrics&)> observe) { observe_money_ = std::move(observe); }
  // Where choices judged afterwards are summed up; to be set before the threads run.
  void on_regrets(std::function<void(std::vector<LedgerStore::Regret>)> keep) {
    keep_regrets_ = std::move(keep);
    keeping_regrets_.begin(between_keepings, [this] { keep_regrets_now(); });
  }
  // Once this loop's thread has ended, too.
  void keep_regrets_now() {
    if (keep_regrets_ && !regrets_.is_empty()) keep_regrets_(regrets_.take());
  }
  providers::Task<Seen> events(Loop& asker, std::uint64_t after) override;
  providers::Task<Told> slow_page(Loop& asker, Page page, std::string query, std::string body) override;
  bool is_demo() const override { return is_demo_; }
  providers::Task<Told> change_service(Loop& asker, ServiceCall call) override;
  providers::Task<Told> disable(Loop& asker, ServiceCall call) override;
  providers::Task<Told> probe(Loop& asker, std::string endpoint, std::string model) override;
  providers::Task<Told> take_prefills(Loop& asker, std::string body) override;
  // What it does, on this loop's thread; to be set before the threads run.
  void on_prefills(std::function<KeptText::Writing(const Prefills&)> take) {
    take_prefills_ = std::move(take);
  }
  bool is_probing() const { return probe_.is_busy(); }
  // Before the threads run: where it is kept who is disabled, and who is at once.
  void keep_disabled(std::string file) { service_.keep(std::move(file), *generation_->catalogue); }
  void note(Change change) override;
  providers::Task<Told> changes(Loop& asker) override;
  // Before the threads run: where changes are written down. Said, where they cannot be.
  void keep_changes(std::string file, ChangeLog::Say say) { changes_.keep(std::move(file), std::move(say)); }
  providers::Task<Told> request(Loop& asker, std::string id, std::optional<Screen> screen) override;
  // What `reload` does; to be set before the threads run.
  void on_reload(std::function<Reloaded()> reload) { reload_ = std::move(reload); }
  // Takes a new generation into use everywhere; belongs to this loop's thread. Returns what its policies ask
  // that no host declares or has shown.
  config::Problems adopt(std::shared_ptr<const Generation> generation);
  // Hands over what waits for the log, and ends.
  void finish();
  // Once this loop's thread has ended.
  void close_log() { log_.close(); }

 private:
  // Policies that somebody wrote in the console, {"was": ..., "text": ...}, into the configuration file.
  providers::Task<Told> apply(Loop& asker, std::string body);
  void take(const Batch& batch);
  void learn(const Batch& batch, config::TimePoint now);
  // What policies require, beside what is measured.
  void observe_limits();
  int open_connections() const;
  Day today() const;
  std::string make_metrics();
  // The last page where its making began after somebody asked, else a new one.
  std::shared_ptr<const std::string> metrics_since(config::TimePoint asked);
  std::string make_status();
  std::optional<Status::Shared> shared_with(config::TimePoint now) const;
  // Ten times a second.
  void beat();
  void tell_others(config::TimePoint now);
  void look_at_canaries(config::TimePoint now);
  providers::Task<Told> change_service_by(ServiceDesk::Change change, Loop& asker, ServiceCall call);
  providers::Task<Told> written(Loop& asker, ServiceDesk::Changed change);
  ServiceDesk::Changed remembered(const Prefills& found);
  void take_out();
  void publish();
  void keep(std::shared_ptr<const routing::Snapshot> snapshot);

  static constexpr std::chrono::seconds between_keepings{10};

  boost::asio::io_context io_{1};
  std::shared_ptr<const Generation> generation_;
  const std::string version_;
  const providers::WallClock wall_;
  Calendar calendar_;
  routing::Market market_;
  Metrics metrics_;
  RequestLog log_;
  Traffic traffic_;
  Judge judge_;
  std::optional<SharedMarket> shared_market_;  // absent where this gateway is alone
  Shadows shadows_;
  RegretSums regrets_;
  std::function<void(std::vector<LedgerStore::Regret>)> keep_regrets_;
  std::function<Reloaded()> reload_;
  std::function<void(Metrics&)> observe_money_;
  std::function<void()> pulse_;
  std::vector<DataLoop*> loops_;
  std::atomic<std::size_t> waiting_{0};  // records and sightings handed over and not yet read
  providers::Regularly beating_{io_};
  Administration* administration_ = nullptr;  // absent where nothing is kept
  Storage* storage_ = nullptr;                // absent where no records are kept
  RecordDesk* desk_ = nullptr;
  TraceExporter* tracer_ = nullptr;            // absent where no traces are exported
  MetricExporter* metric_exporter_ = nullptr;  // likewise
  CanaryWatch* canaries_ = nullptr;            // absent where nothing is kept
  config::TimePoint next_canaries_{};
  providers::Regularly exporting_metrics_{io_};
  config::TimePoint metrics_begun_{};  // when the last page's making did
  std::shared_ptr<const std::string> metrics_page_;
  Tail tail_;
  std::function<ConfigurationFacts()> configuration_;
  bool is_demo_ = false;
  ServiceDesk service_;
  std::function<KeptText::Writing(const Prefills&)> take_prefills_;
  HostProbe probe_;
  ChangeLog changes_;
  MarketFile* market_file_ = nullptr;
  std::atomic<bool> is_given_up_{false};
  providers::Regularly keeping_market_{io_};
  providers::Regularly keeping_regrets_{io_};
  bool learned_since_kept_ = false;
  std::uint64_t lost_before_ = 0;  // log lines, when last counted
  std::uint64_t records_lost_before_ = 0;
  std::uint64_t glimpses_left_before_ = 0;
  std::shared_ptr<const routing::Snapshot> published_;
  bool learned_ = false;  // since it was
};

}  // namespace gateway

#include "gateway/control/gateway.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <ostream>
#include <string_view>

#include "gateway/control/accounting.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/control/doors.hpp"
#include "gateway/control/drain.hpp"
#include "gateway/control/kept_state.hpp"
#include "gateway/control/key_desk.hpp"
#include "gateway/control/money_metrics.hpp"
#include "gateway/control/notifier.hpp"
#include "gateway/control/reload.hpp"
#include "gateway/control/sharing.hpp"
#include "gateway/control/succession.hpp"
#include "gateway/control/take_over.hpp"
#include "gateway/control/telemetry.hpp"
#include "gateway/control/watches.hpp"
#include "gateway/generation/prefill_desk.hpp"
#include "gateway/overload/memory_bound.hpp"
#include "gateway/process/given_sockets.hpp"
#include "gateway/process/heartbeat.hpp"
#include "gateway/process/process.hpp"
#include "gateway/process/supervisor.hpp"
#include "gateway/run/shared.hpp"
#include "gateway/tab/quota_refusal.hpp"

namespace gateway {
namespace {

int most_connections(const config::ServingLimits& limits) {
  const int fit = connections_that_fit();
  return limits.max_connections > 0 ? limits.max_connections : fit;
}

class RunningGateway {
 public:
  RunningGateway(Start start, std::shared_ptr<const Generation> first, std::ostream& errors)
      : start_(std::move(start)),
        errors_(errors),
        control_(first, start_.version, start_.wall),
        reload_(
            std::move(first), start_.load,
            [this](std::shared_ptr<const Generation> newest) { return adopt(std::move(newest)); },
            [this](const std::string& line) { say_line(line); }, control_.counters(), start_.file,
            start_.wall),
        shared_{.addresses = AddressCounts(settings().limits.max_connections_per_ip),
                .connections = ConnectionLimit(most_connections(settings().limits))} {
    drain_.adopt(settings().limits);
    reload_.was_read_from(start_.files);
    control_.on_pulse([this] {
      shared_.pressure.set_memory_used(memory_used(memory_bound_));
      accounting_.look_at_clock();
    });
    control_.on_reload([this] { return reload_.now(); });
    control_.on_prefills([this](const Prefills& found) { return prefills_.take(found); });
  }

  int run_to_end() {
    std::signal(SIGPIPE, SIG_IGN);
    keep_memory_private();
    // Before anybody is told that the gateway is there: a signal that comes early is taken later.
    boost::asio::signal_set signals(control_.io(), SIGINT, SIGTERM);
    boost::asio::signal_set hangup(control_.io(), SIGHUP);
    telemetry_.begin(start_, control_, say_);
    if (!can_log() || !keep_state()) return 1;
    watches_.look_after_engines();
    kept_.keep_market();
    sharing_.share_market();
    watches_.look_after_quality();
    accounting_.pace();
    if (!keep_records() || !open_doors()) return 1;
    await_signal(signals);
    await_hangup(hangup);
    reload_.watch(control_.io());
    heartbeat_.beat(loops().ios());
    take_over_.begin();
    loops().run(control_.counters());
    give_way();
    run_loop(control_.io(), control_.counters());
    const bool are_watches_over = watches_.stop();
    loops().join();
    control_.close_log();
    if (!kept_.finish()) std::quick_exit(0);
    // These may wait for somebody else: what is kept here goes first.
    const bool has_told_all = telemetry_.finish(control_);
    sharing_.end();
    desk_.reset();  // what these still make is for loops that are there
    administration_.reset();
    keys_.reset();
    // The system's look-up of a name cannot be ended: rather than wait for a name server, leave it.
    if (!are_watches_over || !has_told_all || control_.is_probing() || loops().look_up()) std::quick_exit(0);
    return 0;
  }

 private:
  config::Problems adopt(std::shared_ptr<const Generation> newest) {
    drain_.adopt(newest->catalogue->settings().limits);
    accounting_.adopt(newest->catalogue->settings());
    config::Problems unmet = control_.adopt(newest);
    accounting_.pace();
    watches_.adopt(newest);
    if (auto& admin = doors_.admin()) admin->adopt(std::move(newest), control_.published());
    return unmet;
  }

  // From any thread: storage has one of its own.
  void say_line(const std::string& line) {
    const std::lock_guard lock(saying_);
    errors_ << line << "\n" << std::flush;
  }

  // Of the start: addresses, threads and files stay.
  const config::Settings& settings() const { return start_.settings; }

  Loops& loops() { return doors_.loops(); }

  bool can_log() {
    const auto fault = control_.log_fault();
    if (fault) say_("log: " + *fault);
    return !fault;
  }

  bool keep_state() {
    accounting_.adopt(settings());
    if (!kept_.open(take_over_, accounting_.books())) return false;
    if (kept_.has_directory() && !keep_keys()) return false;
    count();
    return true;
  }

  bool keep_keys() {
    std::string why;
    keys_ = KeyDesk::open(kept_.place(), why, start_.wall);
    if (!keys_) return say_(why), false;
    administration_.emplace(*keys_, accounting_.books(), kept_.ledger(), start_.wall);
    control_.administered_by(*administration_);
    if (!keys_->keys().empty()) reload_.use_keys(keys_->keys());
    const std::string fault = prefills_.keep(kept_.path() + std::string(prefills_file));
    if (!fault.empty()) say_(fault);
    keys_->run(control_.io(),
               [this](std::vector<config::KeySettings> keys) { reload_.use_keys(std::move(keys)); });
    return true;
  }

  // Load and limits are there without a directory, too.
  void count() {
    control_.on_metrics([this](Metrics& metrics) {
      money_metrics_.observe({.shared = shared_,
                              .books = accounting_.books(),
                              .control = control_,
                              .wall = start_.wall(),
                              .ledger = kept_.ledger(),
                              .sharing = sharing_.limits(),
                              .exchange = sharing_.market(),
                              .keys = keys_.get()},
                             metrics);
    });
    accounting_.books().on_nearly_used([this](const LimitState& limit) {
      // Users are clients' own words, and many.
      if (limit.scope == Scope::user) return;
      boost::asio::post(control_.io(), [this, limit] {
        say_(limit_words(limit) + ": four fifths of it are used");
        notifier_.tell(reload_.current()->catalogue->settings().notify, limit);
      });
    });
    Ledger* ledger = kept_.ledger();
    if (!ledger) return;
    accounting_.count_from(*ledger);
    sharing_.share_limits(accounting_.books(), *ledger);
  }

  bool keep_records() {
    control_.on_configuration([this] { return configuration(); }, start_.file.empty());
    if (!kept_.keep_records()) return false;
    desk_ = std::make_unique<RecordDesk>(kept_.storage(), kept_.records_file());
    control_.work_at(*desk_);
    return true;
  }

  // On the control loop's thread.
  ConfigurationFacts configuration() const {
    return {.version = start_.version,
            .generation = reload_.generation(),
            .file = start_.file,
            .records = kept_.records_file(),
            .last_reload = reload_.last()};
  }

  bool open_doors() {
    const Loops::Common common{
        .control = control_,
        .shared = shared_,
        .books = accounting_.books(),
        .ledger = kept_.ledger(),
        .seed = start_.seed,
        .traces = start_.traces ? std::optional(start_.traces->sampling) : std::nullopt};
    if (!doors_.open(common, reload_.current(), {.supervisor = given_, .predecessor = take_over_}))
      return false;
    reload_.listens_at(doors_.host());
    kept_.announce(doors_.admin_url());
    // Before anybody is told that this one serves: whoever comes next may come at once.
    succession_.await();
    start_.ready(doors_.url());
    say_ready();
    return true;
  }

  void say_ready() { supervisor_.ready("serving on " + doors_.url()); }

  void await_signal(boost::asio::signal_set& signals) {
    signals.async_wait([this, &signals](boost::system::error_code error, int) {
      if (error) return;
      if (drain_.has_begun()) return drain_.break_off();
      succession_.close();
      say_stopping("requests under way come to their end");
      drain_.announce();
      await_signal(signals);
    });
  }

  void await_hangup(boost::asio::signal_set& hangup) {
    hangup.async_wait([this, &hangup](boost::system::error_code error, int) {
      if (error) return;
      // A log that was moved away is left also where the new configuration is refused.
      control_.reopen_log();
      (void)can_log();
      supervisor_.reloading();
      reload_.now();
      say_ready();
      await_hangup(hangup);
    });
  }

  // Another process serves in the place of this one.
  void make_way() {
    if (auto& admin = doors_.admin()) admin->listener().stop_accepting();
    if (drain_.has_begun()) return;
    say_stopping("another process serves; requests under way come to their end");
    drain_.begin(Listener::Queued::left);
  }

  // Loops may end from now on.
  void say_stopping(std::string_view status) {
    heartbeat_.ease();
    supervisor_.stopping(status);
  }

  Supervisor supervisor_;
  GivenSockets given_;
  Start start_;
  std::mutex saying_;
  std::ostream& errors_;  // only `say_line` writes to it
  const std::function<void(const std::string&)> say_ = [this](const std::string& text) {
    say_line("isocost: " + text);
  };
  Telemetry telemetry_;
  ControlLoop control_;
  Reload reload_;
  Shared shared_;
  const std::size_t memory_bound_ = memory_bound();
  Notifier notifier_{control_.io(), shared_.names, say_};
  TakeOver take_over_{control_.io(), [this] { return reload_.current(); }};
  Accounting accounting_{control_, start_.wall, say_};  // outlives the ledger
  KeptState kept_{start_, control_, say_};
  std::unique_ptr<RecordDesk> desk_;
  Watches watches_{start_, control_, reload_, kept_, shared_.names, say_};
  Sharing sharing_{start_, control_, kept_, say_};
  std::unique_ptr<KeyDesk> keys_;
  std::optional<Administration> administration_;
  PrefillDesk prefills_{[this](const Prefills& known) { reload_.use_prefills(known); }, start_.wall};
  MoneyMetrics money_metrics_;
  Doors doors_{say_};
  Drain drain_{control_, doors_.loops().all(), doors_.admin()};
  Succession succession_{{.control = control_, .kept = kept_, .doors = doors_, .drain = drain_},
                         {.runs = [this] { return flights_text(*reload_.current()); },
                          .given = [this] { make_way(); },
                          .say = say_}};
  Heartbeat heartbeat_{control_.io(), supervisor_};
};

}  // namespace

int run_gateway(Start start, std::ostream& errors) {
  auto first =
      std::make_shared<const Generation>(std::make_shared<const routing::Catalogue>(start.settings, 1));
  RunningGateway gateway(std::move(start), std::move(first), errors);
  return gateway.run_to_end();
}

}  // namespace gateway

#include "gateway/control/gateway.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <ostream>
#include <thread>
#include <variant>

#include "config/values/address.hpp"
#include "gateway/accounts/reserved_elsewhere.hpp"
#include "gateway/canaries/canary_entry.hpp"
#include "gateway/canaries/canary_watch.hpp"
#include "gateway/control/admin_door.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/control/drain.hpp"
#include "gateway/control/money_metrics.hpp"
#include "gateway/control/notifier.hpp"
#include "gateway/control/reload.hpp"
#include "gateway/control/telemetry.hpp"
#include "gateway/engines/engine_watch.hpp"
#include "gateway/generation/flights_elsewhere.hpp"
#include "gateway/ledger/ledger.hpp"
#include "gateway/ledger/paced_past.hpp"
#include "gateway/overload/memory_bound.hpp"
#include "gateway/process/given_sockets.hpp"
#include "gateway/process/hand_over.hpp"
#include "gateway/process/heartbeat.hpp"
#include "gateway/process/listening.hpp"
#include "gateway/process/process.hpp"
#include "gateway/process/supervisor.hpp"
#include "gateway/record_file/market_file.hpp"
#include "gateway/redis/market_exchange.hpp"
#include "gateway/redis/shared_limits.hpp"
#include "gateway/run/data_loop.hpp"
#include "gateway/run/shared.hpp"
#include "gateway/serving/quota_refusal.hpp"
#include "gateway/state/gateway_name.hpp"
#include "gateway/state/state_directory.hpp"
#include "providers/loop/run_to_end.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

// What escapes is counted.
void run(asio::io_context& io, Metrics& metrics) {
  providers::run_to_end(io, [&](const std::exception&) { metrics.count(Event::escaped_exception); });
}

// Of looks at the configuration, one a second.
constexpr unsigned looks_between_certificates = 20;
constexpr auto patience_for_disk = std::chrono::seconds(5);
// The same before all is handed over, for each of three: whoever comes next waits longer, and clients do not.
constexpr auto patience_for_hand_over = std::chrono::seconds(15);
// Between attempts to have the state directory again, where a successor ended.
constexpr auto between_attempts = std::chrono::milliseconds(200);
// Until a gateway begins to serve: later ones are found while it does.
constexpr auto patience_for_names = std::chrono::seconds(2);

int most_connections(const config::ServingLimits& limits) {
  const int fit = connections_that_fit();
  return limits.max_connections > 0 ? limits.max_connections : fit;
}

class RunningGateway {
 public:
  RunningGateway(Start start, std::ostream& errors)
      : start_(std::move(start)),
        errors_(errors),
        generation_(
            std::make_shared<Generation>(std::make_shared<const routing::Catalogue>(start_.settings, 1))),
        control_(generation_, start_.version, start_.wall),
        reload_(
            generation_, start_.load,
            [this](std::shared_ptr<const Generation> newest) { return adopt(std::move(newest)); },
            [this](const std::string& line) { say(line); }, control_.counters(), start_.file),
        shared_{.addresses = AddressCounts(settings().limits.max_connections_per_ip),
                .connections = ConnectionLimit(most_connections(settings().limits))} {
    drain_.adopt(settings().limits);
    control_.on_pulse([this] { shared_.pressure.set_memory_used(memory_used(memory_bound_)); });
    control_.on_reload([this] { return reload_.now(); });
  }

  int run_to_end() {
    std::signal(SIGPIPE, SIG_IGN);
    keep_memory_private();
    // Before anybody is told that the gateway is there: a signal that comes early is taken later.
    asio::signal_set signals(control_.io(), SIGINT, SIGTERM);
    asio::signal_set hangup(control_.io(), SIGHUP);
    telemetry_.begin(start_, control_, [this](const std::string& line) { say(line); });
    if (!can_log() || !keep_state()) return 1;
    look_after_engines();
    keep_market();
    share_market();
    look_after_quality();
    pace_by_the_ledger();
    if (!keep_records() || !listen()) return 1;
    await_signal(signals);
    await_hangup(hangup);
    watch_file();
    std::vector<asio::io_context*> watched;
    for (const auto& loop : loops_) watched.push_back(&loop->io());
    heartbeat_.beat(std::move(watched));
    // Once loops run: until then the old one serves.
    if (predecessor_) (void)flights_elsewhere_.take(generation_, predecessor_->runs());
    if (predecessor_) asio::post(control_.io(), [this] { begin_in_its_place(); });
    std::vector<std::thread> threads;
    for (const auto& loop : loops_) {
      threads.emplace_back([this, &loop] { run(loop->io(), control_.counters()); });
    }
    give_way();
    run(control_.io(), control_.counters());
    const bool are_engines_left = engines_->stop();
    const bool are_canaries_over = !canaries_ || canaries_->stop();
    for (std::thread& thread : threads) thread.join();
    control_.close_log();
    control_.keep_market_now();
    if (market_file_ && !market_file_->finish(patience_for_disk)) std::quick_exit(0);
    control_.keep_regrets_now();
    if (ledger_ && !ledger_->finish(patience_for_disk)) std::quick_exit(0);
    // A disk that hangs must not keep the process; what it did not take is lost.
    if (storage_ && !storage_->finish(patience_for_disk)) std::quick_exit(0);
    // These may wait for somebody else: what is kept here goes first.
    const bool has_told_all = telemetry_.finish(control_);
    sharing_.reset();
    exchange_.reset();
    desk_.reset();  // what these still make is for loops that are there
    administration_.reset();
    // The system's look-up of a name cannot be ended: rather than wait for a name server, leave it.
    if (!are_engines_left || !are_canaries_over || !has_told_all || control_.is_probing()) std::quick_exit(0);
    for (const auto& loop : loops_) {
      if (loop->looks_up()) std::quick_exit(0);
    }
    return 0;
  }

 private:
  config::Problems adopt(std::shared_ptr<const Generation> newest) {
    drain_.adopt(newest->catalogue->settings().limits);
    books_.adopt(newest->catalogue->settings(), start_.wall(), config::Clock::now());
    count_new_limits();
    config::Problems unmet = control_.adopt(newest);
    pace_by_the_ledger();
    if (engines_) engines_->adopt(newest, names_to_find(reload_.said()));
    if (admin_) admin_->adopt(std::move(newest), control_.published());
    return unmet;
  }

  // A limit that is new, while the gateway runs, counts what was used before.
  void count_new_limits() {
    if (!ledger_ || !is_counting_) return;
    ledger_->past(books_.questions(config::Clock::now()), [this](const std::vector<Books::Past>& all) {
      for (const Books::Past& past : all) books_.add(past, config::Clock::now());
    });
  }

  // From any thread: storage has one of its own.
  void say(const std::string& line) {
    const std::lock_guard lock(saying_);
    errors_ << line << "\n" << std::flush;
  }

  // Of the start: addresses, threads and files stay.
  const config::Settings& settings() const { return generation_->catalogue->settings(); }

  bool can_log() {
    const auto fault = control_.log_fault();
    if (fault) say("isocost: log: " + *fault);
    return !fault;
  }

  // Before what the market knew is taken up, because that is of their addresses.
  void look_after_engines() {
    engines_ = std::make_unique<EngineWatch>(
        shared_.names,
        EngineWatch::Tell{.news =
                              [this](EngineNews news) {
                                asio::post(control_.io(),
                                           [this, told = std::move(news)] { control_.hear(told); });
                              },
                          .addresses =
                              [this](Addresses all) {
                                asio::post(control_.io(), [this, told = std::move(all)]() mutable {
                                  reload_.use_addresses(std::move(told));
                                });
                              }});
    const EngineWatch::Intervals names = names_to_find(reload_.said());
    if (!names.empty()) {
      const Addresses found = engines_->first(names, patience_for_names);
      for (const auto& [name, interval] : names) {
        if (!found.contains(name)) say("isocost: " + name + " has no address yet");
      }
      reload_.use_addresses(found);
      generation_ = reload_.current();
    }
    engines_->adopt(generation_, names);
  }

  void keep_market() {
    if (!state_ || start_.file.empty()) return;
    market_file_ = std::make_unique<MarketFile>(state_->path(),
                                                [this](const std::string& text) { say("isocost: " + text); });
    const std::string told = control_.keep_market(*market_file_);
    if (!told.empty()) say("isocost: " + told);
  }

  void share_market() {
    if (settings().redis.url.empty()) return;
    const auto on_control = [this](auto work) { asio::post(control_.io(), std::move(work)); };
    exchange_ = std::make_unique<MarketExchange>(
        settings(), name(),
        [this, on_control](std::vector<routing::Bulletin> bulletins, std::shared_ptr<void> untaken) {
          on_control([this, told = std::move(bulletins), held = std::move(untaken)] { control_.hear(told); });
        },
        [this, on_control](std::vector<PolicySpent> others) {
          on_control([this, spent = std::move(others)] { control_.others_spent(spent); });
        },
        [this](const std::string& text) { say("isocost: " + text); });
    control_.share_market(*exchange_);
    exchange_->run();
  }

  // Where nothing is kept a restart would forget what they cost.
  void look_after_quality() {
    if (!state_) {
      if (settings().quality.canaries) say("isocost: without a state directory no canaries are asked");
      return;
    }
    canaries_ = std::make_unique<CanaryWatch>(
        shared_.names, state_->path() + "/canaries", start_.seed,
        CanaryWatch::Tell{.news =
                              [this](CanaryNews news) {
                                if (ledger_) ledger_->add(canary_entry(news, ++canary_number_));
                                asio::post(control_.io(),
                                           [this, told = std::move(news)] { control_.hear(told); });
                              },
                          .say = [this](const std::string& text) { say("isocost: " + text); }});
    control_.ask_canaries_by(*canaries_);
  }

  // What policies with a budget have spent today is known before long, however the last process ended, and
  // whenever they got it.
  void pace_by_the_ledger() {
    if (!ledger_ || !is_counting_) return;
    if (!paced_past_) {
      paced_past_ = std::make_unique<PacedPast>(
          *ledger_, [this](std::function<void()> work) { asio::post(control_.io(), std::move(work)); },
          [this](const std::string& policy, std::int64_t day, const LedgerStore::PolicyCost& cost) {
            control_.began_with({.policy = policy, .day = day, .nanos = cost.own},
                                {.policy = policy, .day = day, .nanos = cost.others});
          },
          [this](const std::string& text) { say(text); });
    }
    const config::WallTime now = start_.wall();
    paced_past_->look_up(control_.take_new_budgets(now), control_.begin_day(), now);
  }

  int workers() const {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    return settings().workers > 0 ? settings().workers : cores;
  }

  // What is tried out without a configuration is kept as long as the process.
  bool take_state(std::string& why, StateDirectory::Fault& fault) {
    const bool is_tried_out = start_.file.empty() && settings().state.empty();
    const std::string path = state_path(settings().state);
    const auto take = [&] {
      auto taken = is_tried_out ? StateDirectory::temporary(why) : StateDirectory::take(path, fault, why);
      if (taken) state_.emplace(*std::move(taken));
      return state_.has_value();
    };
    if (take() || !start_.takes_over || fault != StateDirectory::Fault::in_use) return state_.has_value();
    predecessor_ = Predecessor::ask(path, why);
    if (!predecessor_) return false;
    const std::string whose = "process " + std::to_string(predecessor_->process());
    say("isocost: taking over from " + whose);
    if (take()) return true;
    why = "what " + whose + " handed over is somebody else's by now: " + why;
    return false;
  }

  bool keep_state() {
    std::string why;
    StateDirectory::Fault fault = StateDirectory::Fault::unusable;
    config::LedgerSettings wanted = settings().ledger;
    if (start_.file.empty()) wanted.journal = std::size_t{1} << 20;
    const auto tell = [this](const std::string& text) { say("isocost: " + text); };
    const bool has_state = take_state(why, fault);
    if (has_state && wanted.enabled) {
      ledger_ = Ledger::open({.directory = state_->path(),
                              .settings = wanted,
                              .loops = static_cast<std::size_t>(workers()),
                              .gateway = name(),
                              .wall = start_.wall},
                             tell, why);
    }
    books_.adopt(settings(), start_.wall(), config::Clock::now());
    const bool needs_ledger = wanted.required || books_.has_quotas() || !wanted.url.empty();
    const bool may_do_without =
        has_state ? !needs_ledger
                  : fault == StateDirectory::Fault::unusable && settings().state.empty() && !needs_ledger;
    if (!has_state || (wanted.enabled && !ledger_)) {
      tell((has_state ? "ledger: " : "") + why + (may_do_without ? "; what requests cost is not kept" : ""));
    }
    const bool has_all = has_state && (ledger_ || !wanted.enabled || may_do_without);
    return has_all ? keep_keys() && count_from_the_ledger() : may_do_without;
  }

  std::string name() const { return gateway_name(settings().name, state_->path()); }

  bool keep_keys() {
    std::string why;
    const LedgerPlace place{.directory = state_->path(), .settings = settings().ledger, .gateway = name()};
    administration_ = Administration::open(place, books_, ledger_.get(), why, start_.wall);
    if (!administration_) return say("isocost: " + why), false;
    control_.administered_by(*administration_);
    if (!administration_->keys().empty()) reload_.use_keys(administration_->keys());
    generation_ = reload_.current();
    administration_->on_change(
        control_.io(), [this](std::vector<config::KeySettings> keys) { reload_.use_keys(std::move(keys)); });
    return true;
  }

  // What quotas have used so far in the windows that they are in.
  bool count_from_the_ledger() {
    control_.on_metrics([this](Metrics& metrics) {
      money_metrics_.observe({.shared = shared_,
                              .books = books_,
                              .control = control_,
                              .wall = start_.wall(),
                              .ledger = ledger_.get(),
                              .sharing = sharing_.get(),
                              .exchange = exchange_.get(),
                              .administration = administration_.get()},
                             metrics);
    });
    books_.on_nearly_used([this](const LimitState& limit) {
      // Users are clients' own words, and many.
      if (limit.scope == Scope::user) return;
      asio::post(control_.io(), [this, limit] {
        say("isocost: " + limit_words(limit) + ": four fifths of it are used");
        notifier_.tell(reload_.current()->catalogue->settings().notify, limit);
      });
    });
    if (!ledger_) return true;
    const config::TimePoint now = config::Clock::now();
    for (const Books::Past& past : ledger_->past(books_.questions(now))) books_.add(past, now);
    const auto asked = [](const Entry& of, Amounts most) {
      return Asked{.user = of.user, .key = of.key, .team = of.team, .most = most};
    };
    ledger_->on_elsewhere({.under_way =
                               [this, asked](const Entry& of, Amounts most) {
                                 reserved_elsewhere_.under_way(of.id, asked(of, most), config::Clock::now());
                               },
                           .ended =
                               [this, asked](const Entry& of, Amounts used) {
                                 reserved_elsewhere_.ended(of.id, asked(of, used), config::Clock::now());
                               }});
    ledger_->run();
    control_.on_regrets(
        [this](std::vector<LedgerStore::Regret> all) { ledger_->add_regrets(std::move(all)); });
    is_counting_ = true;
    if (!settings().redis.url.empty()) {
      sharing_ = std::make_unique<SharedLimits>(
          settings().redis, name(), books_, *ledger_,
          [this](const std::string& text) { say("isocost: " + text); }, start_.wall);
      sharing_->run();
    }
    return true;
  }

  bool keep_records() {
    const config::RecordsSettings& settings = generation_->catalogue->settings().records;
    const std::string& file = settings.file;
    control_.on_configuration([this] { return configuration(); }, start_.file.empty());
    if (state_) {
      control_.keep_disabled(state_->path() + "/disabled");
      control_.keep_changes(change_log_in(state_->path()),
                            [this](const std::string& text) { say("isocost: " + text); });
    }
    if (!file.empty() && !open_storage(settings)) return false;
    desk_ = std::make_unique<RecordDesk>(storage_.get(), storage_ ? file : "");
    control_.work_at(*desk_);
    return true;
  }

  // On the control loop's thread.
  ConfigurationFacts configuration() const {
    return {.version = start_.version,
            .generation = reload_.generation(),
            .file = start_.file,
            .records = storage_ ? settings().records.file : "",
            .last_reload = reload_.last()};
  }

  bool open_storage(const config::RecordsSettings& settings) {
    storage_ = Storage::open(
        settings, [this](const std::string& text) { say("isocost: " + text); }, start_.wall);
    if (!storage_) {
      // Where the configuration names a file, somebody counts on it.
      if (settings.is_named) return false;
      say("isocost: this gateway keeps no records; `records: {file: ...}` names another file");
      return true;
    }
    control_.keep_records(*storage_);
    return true;
  }

  bool listen() {
    const std::optional<Tcp::endpoint> main = endpoint_of(settings().listen);
    if (!main) say(no_address(settings().listen));
    if (!main || !open_loops(*main)) return false;
    if (settings().admin && !open_admin(*settings().admin)) return false;
    url_ = url_of(bound_, settings().tls ? Spoken::https : Spoken::http);
    if (state_) state_->announce(admin_url_.empty() ? url_ : admin_url_);
    // Before anybody is told that this one serves: whoever comes next may come at once.
    await_successor();
    start_.ready(url_);
    supervisor_.ready("serving on " + url_);
    return true;
  }

  bool open_loops(Tcp::endpoint address) {
    const auto snapshot = control_.published();
    const Reach reach = config::is_loopback(settings().listen.host) ? Reach::this_machine : Reach::others;
    const Offers offers = settings().admin ? Offers::inference : Offers::everything;
    std::vector<DataLoop*> all;
    try {
      const std::vector<int> given = given_for(address, given_.for_clients());
      if (given.empty() && address.port() != 0) expect_free(control_.io(), address);
      for (int i = 0; i < workers(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        loops_.push_back(std::make_unique<DataLoop>(
            start_.seed + at, [this, at](Batch batch) { control_.deliver(std::move(batch), *loops_[at]); },
            control_, control_.counters(), offers, reach, shared_));
        DataLoop& loop = *loops_.back();
        loop.pay_to(books_, ledger_.get(), at);
        if (start_.traces) loop.trace(start_.traces->sampling);
        all.push_back(&loop);
        loop.ask_others_by([this, at](std::size_t most, providers::Spare::Of side) {
          for (std::size_t other = 0; other < loops_.size(); ++other) {
            if (other != at) loops_[other]->give_back(most, side);
          }
        });
        loop.adopt(generation_, snapshot);
        address = given.empty() ? loop.listener().listen(address, Listener::Address::shared)
                                : loop.listener().listen_on(given[at % given.size()]);
      }
      // Who waits at a socket that nobody listens at waits for ever.
      for (std::size_t at = loops_.size(); at < given.size(); ++at)
        loops_[at % loops_.size()]->listener().listen_on(given[at]);
    } catch (const boost::system::system_error& fault) {
      say(cannot_listen(settings().listen, fault.code()));
      return false;
    }
    bound_ = address;
    control_.serve(std::move(all));
    return true;
  }

  // Sockets that listen at this address already: of who started the process, or of whose place it takes.
  std::vector<int> given_for(const Tcp::endpoint& address, int by_supervisor) const {
    if (by_supervisor >= 0) return {by_supervisor};
    return predecessor_ ? predecessor_->at(address.address().to_string(), address.port())
                        : std::vector<int>();
  }

  bool open_admin(const config::ListenAddress& listen) {
    const std::optional<Tcp::endpoint> address = endpoint_of(listen);
    if (!address) say(no_address(listen));
    if (!address) return false;
    admin_.emplace(control_, generation_, control_.published(), shared_);
    try {
      const std::vector<int> given = given_for(*address, given_.for_administration());
      const Tcp::endpoint bound = given.empty()
                                      ? admin_->listener().listen(*address, Listener::Address::its_own)
                                      : admin_->listener().listen_on(given.front());
      const auto& tls = settings().tls;
      admin_url_ = url_of(bound, tls && tls->admin ? Spoken::https : Spoken::http);
      say("isocost: administration on " + admin_url_);
    } catch (const boost::system::system_error& fault) {
      say(cannot_listen(listen, fault.code()));
      return false;
    }
    return true;
  }

  void await_signal(asio::signal_set& signals) {
    signals.async_wait([this, &signals](boost::system::error_code error, int) {
      if (error) return;
      if (drain_.has_begun()) return drain_.break_off();
      announce_drain();
      await_signal(signals);
    });
  }

  void await_hangup(asio::signal_set& hangup) {
    hangup.async_wait([this, &hangup](boost::system::error_code error, int) {
      if (error) return;
      // A log that was moved away is left also where the new configuration is refused.
      control_.reopen_log();
      (void)can_log();
      supervisor_.reloading();
      reload_.now();
      supervisor_.ready("serving on " + url_);
      await_hangup(hangup);
    });
  }

  void watch_file() {
    next_look_.expires_after(std::chrono::seconds(1));
    next_look_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      reload_.if_changed();
      if (looks_++ % looks_between_certificates == 0) reload_.renew_certificate();
      watch_file();
    });
  }

  // Where nobody else counts in what is kept here: gateways that share limits are known by their names.
  void await_successor() {
    if (!state_ || start_.file.empty() || !settings().redis.url.empty()) return;
    hand_over_.close();
    if (const auto fault = hand_over_.wait_in(state_->path())) say("isocost: " + *fault);
  }

  void begin_in_its_place() {
    runs_elsewhere_.emplace(control_.io(), predecessor_->say_serving(),
                            [this](std::optional<std::string_view> told) {
                              // One that is not understood does not count here; nor does one that has ended.
                              if (!told || !flights_elsewhere_.take(reload_.current(), *told))
                                flights_elsewhere_.end();
                            });
    predecessor_.reset();
  }

  std::variant<HandedSockets, std::string> give_up() {
    if (drain_.has_begun()) return "it is being stopped";
    if (is_given_up_) return "it waits for its state directory";
    is_given_up_ = true;
    control_.give_up_state();
    const bool could_write = !ledger_ || ledger_->is_writing();
    std::string missing;
    const auto keep = [&](bool is_kept, const char* what) {
      if (!is_kept) missing.append(missing.empty() ? "" : ", ").append(what);
    };
    keep(!market_file_ || market_file_->finish(patience_for_hand_over), "what the market knows");
    keep(!ledger_ || ledger_->hand_over(patience_for_hand_over), "the ledger");
    keep(!storage_ || storage_->hand_over(patience_for_hand_over), "records");
    if (!missing.empty()) {
      take_back();
      const std::string seconds = std::to_string(patience_for_hand_over.count());
      const std::string why = could_write ? "not on disk within " + seconds + " s: " + missing
                                          : "its ledger cannot be written now";
      say("isocost: nothing is handed over: " + why);
      return why;
    }
    market_file_.reset();
    state_.reset();
    HandedSockets sockets;
    for (const auto& loop : loops_) {
      for (const int each : loop->listener().descriptors()) sockets.clients.push_back(each);
    }
    if (admin_) sockets.administration = admin_->listener().descriptors().front();
    return sockets;
  }

  // The successor ended before it served; or it was not even asked to begin.
  void take_back() {
    std::string why;
    StateDirectory::Fault fault{};
    if (!state_) {
      if (auto taken = StateDirectory::take(state_path(settings().state), fault, why))
        state_.emplace(*std::move(taken));
    }
    // The ledger last: whoever has it back must not be asked again.
    const bool has_all = state_ && (!market_file_ || market_file_->finish(std::chrono::milliseconds(0))) &&
                         (!storage_ || storage_->take_back()) && (!ledger_ || ledger_->take_back());
    if (!has_all) {
      next_attempt_.expires_after(between_attempts);
      next_attempt_.async_wait([this](boost::system::error_code error) {
        if (!error) take_back();
      });
      return;
    }
    market_file_ = std::make_unique<MarketFile>(state_->path(),
                                                [this](const std::string& text) { say("isocost: " + text); });
    control_.take_state_back(market_file_.get());
    is_given_up_ = false;
    state_->announce(admin_url_.empty() ? url_ : admin_url_);
    await_successor();
    say("isocost: nobody has taken over; all is kept here again");
  }

  void given(int successor) {
    say("isocost: process " + std::to_string(successor) + " has taken over; requests under way end here");
    hand_over_.close();
    if (admin_) admin_->listener().stop_accepting();
    if (drain_.has_begun()) return;
    heartbeat_.ease();
    supervisor_.stopping("another process serves; requests under way come to their end");
    drain_.begin(Listener::Queued::left);
  }

  void announce_drain() {
    hand_over_.close();
    heartbeat_.ease();
    supervisor_.stopping("requests under way come to their end");
    drain_.announce();
  }

  Supervisor supervisor_;
  GivenSockets given_;
  Start start_;
  std::mutex saying_;
  std::ostream& errors_;  // only `say` writes to it
  std::shared_ptr<const Generation> generation_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<MarketFile> market_file_;
  std::unique_ptr<RecordDesk> desk_;
  Telemetry telemetry_;
  ControlLoop control_;
  Reload reload_;
  Shared shared_;
  const std::size_t memory_bound_ = memory_bound();
  Notifier notifier_{control_.io(), shared_.names,
                     [this](const std::string& text) { say("isocost: " + text); }};
  std::optional<StateDirectory> state_;
  Books books_{start_.wall(), config::Clock::now()};
  ReservedElsewhere reserved_elsewhere_{books_};  // of the ledger's thread, once that runs
  std::unique_ptr<EngineWatch> engines_;          // outlived by the names in `shared_`
  std::unique_ptr<PacedPast> paced_past_;         // outlives what it asks of the ledger
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<CanaryWatch> canaries_;  // as these
  std::uint64_t canary_number_ = 0;        // its thread's
  std::unique_ptr<SharedLimits> sharing_;
  std::unique_ptr<MarketExchange> exchange_;
  std::unique_ptr<Administration> administration_;
  bool is_counting_ = false;
  MoneyMetrics money_metrics_;
  std::vector<std::unique_ptr<DataLoop>> loops_;
  std::optional<AdminDoor> admin_;
  Tcp::endpoint bound_;
  std::string url_;
  std::string admin_url_;  // where it has an address of its own
  std::optional<Predecessor> predecessor_;
  FlightsElsewhere flights_elsewhere_;
  std::optional<RunsElsewhere> runs_elsewhere_;
  HandOver hand_over_{control_.io(),
                      HandOver::Owner{.give = [this] { return give_up(); },
                                      .given = [this](int process) { given(process); },
                                      .given_back = [this] { take_back(); },
                                      .runs = [this] { return flights_text(*reload_.current()); }}};
  asio::steady_timer next_attempt_{control_.io()};
  bool is_given_up_ = false;
  asio::steady_timer next_look_{control_.io()};
  unsigned looks_ = 0;
  Drain drain_{control_, loops_, admin_};
  Heartbeat heartbeat_{control_.io(), supervisor_};
};

}  // namespace

int run_gateway(Start start, std::ostream& errors) {
  RunningGateway gateway(std::move(start), errors);
  return gateway.run_to_end();
}

}  // namespace gateway

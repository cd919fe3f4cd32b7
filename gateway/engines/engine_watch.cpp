#include "gateway/engines/engine_watch.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>

#include "gateway/engines/engine_look.hpp"
#include "gateway/engines/name_finding.hpp"
#include "providers/loop/named_thread.hpp"
#include "providers/loop/run_to_end.hpp"
#include "providers/loop/spawn.hpp"
#include "providers/loop/wheel.hpp"

namespace gateway {

namespace asio = boost::asio;
using providers::Task;

namespace {

// As long as most looks may take.
constexpr auto patience_at_the_end = std::chrono::milliseconds(1'500);

// One engine that is looked after, and its place in the newest generation.
struct Watched {
  Watched(const config::ProviderSettings& as_said, asio::io_context& io, providers::Timer& timer,
          providers::Resolver& resolver)
      : said(as_said),
        settings(engine_host(as_said)),
        host(settings, io, timer, resolver),
        look(host, timer, *settings.engine) {}

  const config::ProviderSettings said;
  const config::ProviderSettings settings;
  providers::HttpProvider host;
  EngineLook look;
  providers::Sleep pause;
  std::shared_ptr<const Generation> generation;
  std::size_t provider = 0;
  bool is_over = false;

  const std::vector<routing::EndpointIndex>& endpoints() const {
    return generation->catalogue->endpoints_of(provider);
  }
  std::vector<int> own() const {
    std::vector<int> counts;
    for (const routing::EndpointIndex each : endpoints()) counts.push_back(generation->in_flight.at(each));
    return counts;
  }
};

struct WatchedName {
  std::string name;
  std::chrono::milliseconds interval{};
  NameFinding finding;
  providers::Sleep pause;
  bool is_over = false;
};

}  // namespace

struct EngineWatch::State : std::enable_shared_from_this<EngineWatch::State> {
  State(providers::Names& asked, Tell told) : names(asked), tell(std::move(told)) {}

  Task<void> watch(std::shared_ptr<Watched> engine) {
    while (!engine->is_over) {
      const config::TimePoint began = timer.now();
      const std::uint64_t generation = engine->generation->catalogue->generation();
      std::vector<int> own = engine->own();
      const std::optional<routing::EngineReport> report = co_await engine->look.once();
      // Over a reload the counts are of other endpoints: the next look will do.
      const bool is_same = generation == engine->generation->catalogue->generation();
      if (report && is_same && !engine->is_over) {
        const std::vector<int> after = engine->own();
        for (std::size_t i = 0; i < own.size(); ++i) own[i] = std::max(own[i], after[i]);
        tell.news({.generation = generation, .provider = engine->provider, .report = *report, .own = own});
      }
      if (!engine->is_over) co_await engine->pause.until(timer, began + engine->settings.engine->interval);
    }
  }

  Task<void> find(std::shared_ptr<WatchedName> name) {
    while (!name->is_over) {
      const config::TimePoint began = timer.now();
      auto [found] = co_await providers::completion<providers::Names::Found>([&](auto handler) {
        names.ask(name->name, [self = shared_from_this(), handler](const providers::Names::Found& answer) {
          asio::post(self->io, [handler, answer] { handler(answer); });
        });
      });
      if (!name->is_over && found && name->finding.found(*found)) tell_addresses();
      if (!name->is_over) co_await name->pause.until(timer, began + name->interval);
    }
  }

  void tell_addresses() {
    Addresses all;
    for (const auto& each : named) all[each->name] = each->finding.addresses();
    tell.addresses(std::move(all));
  }

  void adopt(std::shared_ptr<const Generation> generation, const Intervals& intervals) {
    if (is_over) return;
    take_engines(generation);
    take_names(intervals);
  }

  void take_engines(const std::shared_ptr<const Generation>& generation) {
    const auto& providers_now = generation->catalogue->settings().providers;
    std::vector<std::shared_ptr<Watched>> now, begun;
    for (std::size_t i = 0; i < providers_now.size(); ++i) {
      if (!providers_now[i].engine) continue;
      const auto same = std::ranges::find_if(
          engines, [&](const auto& each) { return each && each->said == providers_now[i]; });
      std::shared_ptr<Watched> engine;
      if (same != engines.end()) {
        engine = std::move(*same);
      } else {
        engine = std::make_shared<Watched>(providers_now[i], io, timer, resolver);
        begun.push_back(engine);
      }
      engine->generation = generation;
      engine->provider = i;
      now.push_back(std::move(engine));
    }
    engines.swap(now);
    for (const auto& each : now) {
      if (each) end(*each);
    }
    for (const auto& each : begun) begin(watch(each));
  }

  void take_names(const Intervals& intervals) {
    std::vector<std::shared_ptr<WatchedName>> now, begun;
    for (const auto& [name, interval] : intervals) {
      const auto same = std::ranges::find_if(
          named, [&, &wanted = name](const auto& each) { return each && each->name == wanted; });
      std::shared_ptr<WatchedName> known = same == named.end() ? nullptr : std::move(*same);
      if (!known) {
        known = std::make_shared<WatchedName>();
        known->name = name;
        const auto at = found_first.find(name);
        if (at != found_first.end()) known->finding = NameFinding(at->second);
        begun.push_back(known);
      }
      known->interval = interval;
      now.push_back(std::move(known));
    }
    named.swap(now);
    for (const auto& each : now) {
      if (each) end(*each);
    }
    for (const auto& each : begun) begin(find(each));
  }

  void begin(Task<void> task) {
    ++under_way;
    providers::spawn(io, std::move(task), [this](const std::exception_ptr&) {
      if (--under_way == 0 && is_over) late.cancel();
    });
  }

  static void end(auto& watched) {
    watched.is_over = true;
    watched.pause.wake();
  }

  void end_all() {
    is_over = true;
    for (const auto& each : engines) end(*each);
    for (const auto& each : named) end(*each);
    engines.clear();
    named.clear();
    work.reset();
    if (under_way == 0) return;
    late.expires_after(patience_at_the_end);
    late.async_wait([this](boost::system::error_code error) {
      if (!error) io.stop();
    });
  }

  asio::io_context io{1};
  providers::Wheel timer{io};
  providers::Names& names;
  providers::Resolver resolver{io, timer, names};
  const Tell tell;
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::vector<std::shared_ptr<Watched>> engines;
  std::vector<std::shared_ptr<WatchedName>> named;
  Addresses found_first;
  asio::steady_timer late{io};
  int under_way = 0;
  bool is_over = false;
};

EngineWatch::EngineWatch(providers::Names& names, Tell tell)
    : state_(std::make_shared<State>(names, std::move(tell))) {}

EngineWatch::~EngineWatch() {
  stop();
}

Addresses EngineWatch::first(const Intervals& names, std::chrono::milliseconds limit) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t left = 0;
    Addresses found;
  };
  const auto waiting = std::make_shared<Waiting>();
  waiting->left = names.size();
  for (const auto& each : names) {
    state_->names.ask(each.first, [waiting, name = each.first](const providers::Names::Found& answer) {
      NameFinding finding;
      if (answer) finding.found(*answer);
      const std::lock_guard lock(waiting->mutex);
      if (answer) waiting->found[name] = finding.addresses();
      --waiting->left;
      waiting->changed.notify_all();
    });
  }
  std::unique_lock lock(waiting->mutex);
  waiting->changed.wait_for(lock, limit, [&] { return waiting->left == 0; });
  state_->found_first = waiting->found;
  return state_->found_first;
}

void EngineWatch::adopt(std::shared_ptr<const Generation> generation, Intervals names) {
  const auto has_engine = [](const config::ProviderSettings& each) { return each.engine.has_value(); };
  const bool is_needed =
      !names.empty() || std::ranges::any_of(generation->catalogue->settings().providers, has_engine);
  if (!is_needed && !thread_.joinable()) return;
  asio::post(state_->io, [state = state_.get(), generation = std::move(generation),
                          names = std::move(names)] { state->adopt(generation, names); });
  if (thread_.joinable()) return;
  thread_ = providers::named_thread(
      "engines", [state = state_] { providers::run_to_end(state->io, [](const std::exception&) {}); });
}

bool EngineWatch::stop() {
  if (!thread_.joinable()) return state_->under_way == 0;
  asio::post(state_->io, [state = state_.get()] { state->end_all(); });
  thread_.join();
  return state_->under_way == 0;
}

}  // namespace gateway

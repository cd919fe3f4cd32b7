// What data loops ask of the control loop: made there, or at the desk, continued on the asker's.
#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include "gateway/console/applied_policies.hpp"
#include "gateway/control/control_loop.hpp"
#include "gateway/generation/configuration.hpp"
#include "gateway/keys/key_store.hpp"
#include "gateway/pages/status_page.hpp"
#include "gateway/slow_pages/slow_page.hpp"
#include "gateway/state/process_sources.hpp"
#include "gateway/text/json_page.hpp"
#include "providers/loop/spawn.hpp"

namespace gateway {
namespace {

namespace asio = boost::asio;

constexpr const char* given_up_text =
    "Another process has taken over; this one only ends what it began. Ask again on a new connection.";

}  // namespace

int ControlLoop::open_connections() const {
  int open = 0;
  for (const DataLoop* loop : loops_) open += loop->listener().open_connections();
  return open;
}

std::string ControlLoop::make_metrics() {
  const config::TimePoint now = config::Clock::now();
  metrics_.observe(*market_.seen(now), generation_->in_flight, now, service_.endpoints());
  metrics_.observe_connections(open_connections());
  metrics_.forget_budgets();
  for (const Budgets::Standing& each : generation_->budgets.standings()) {
    metrics_.observe_budget(each.policy, each.a_day, each.spent, each.money);
  }
  metrics_.observe_shadows(shadows_.standings(), shadows_.left_out());
  const std::uint64_t left = market_.glimpses_left_out();
  metrics_.count(Event::glimpse_left_out, left - std::exchange(glimpses_left_before_, left));
  if (observe_money_) observe_money_(metrics_);
  return metrics_.text();
}

std::optional<Status::Shared> ControlLoop::shared_with(config::TimePoint now) const {
  if (!is_market_shared()) return std::nullopt;
  return Status::Shared{.gateways = market_gateways(now), .age = shared_market_->exchange().age(now)};
}

std::string ControlLoop::make_status() {
  const config::TimePoint now = config::Clock::now();
  const auto snapshot = market_.seen(now);
  const std::vector<routing::EndpointIndex> out_for_good = service_.disabled(*generation_->catalogue);
  return status_page({.version = version_,
                      .snapshot = *snapshot,
                      .in_flight = generation_->in_flight,
                      .traffic = traffic_,
                      .budgets = generation_->budgets.standings(),
                      .now = now,
                      .drained = service_.endpoints(),
                      .disabled = out_for_good,
                      .prefills = &generation_->prefills,
                      .shared = shared_with(now)});
}

std::shared_ptr<const std::string> ControlLoop::metrics_since(config::TimePoint asked) {
  if (!metrics_page_ || metrics_begun_ < asked) {
    const config::TimePoint now = config::Clock::now();
    metrics_page_ = std::make_shared<const std::string>(make_metrics());
    metrics_begun_ = now;
  }
  return metrics_page_;
}

providers::Task<std::shared_ptr<const std::string>> ControlLoop::metrics(Loop& asker) {
  const config::TimePoint asked = config::Clock::now();
  co_return co_await providers::elsewhere(io_, asker, [this, asked] { return metrics_since(asked); });
}

providers::Task<std::string> ControlLoop::status(Loop& asker) {
  co_return co_await providers::elsewhere(io_, asker, [this] { return make_status(); });
}

providers::Task<Reloaded> ControlLoop::reload(Loop& asker) {
  co_return co_await providers::elsewhere(io_, asker, [this] { return reload_(); });
}

providers::Task<Administered> ControlLoop::administer(Loop& asker, AdminCall call) {
  if (is_given_up_) {
    const KeyAnswer answer = key_fault(503, "handed_over", given_up_text);
    co_return Administered{.status = answer.status, .body = answer.body};
  }
  if (!administration_) co_return co_await Pages::administer(asker, std::move(call));
  co_return co_await administration_->answer(asker, std::move(call));
}

// At the desk: a directory that hangs must not stop what learns of requests and publishes the market.
providers::Task<Pages::Told> ControlLoop::written(Loop& asker, ServiceDesk::Changed change) {
  if (!change.writing) co_return std::move(change.told);
  auto writing = desk_->run(asker, [write = *change.writing] {
    if (write()) return RecordDesk::Answer{.status = 200, .body = {}};
    return RecordDesk::Answer{.status = 503, .body = "the state directory cannot be written."};
  });
  const RecordDesk::Answer answer = co_await std::move(writing);
  if (answer.status == 200) co_return std::move(change.told);
  change.unwritten.text += answer.body;
  co_return std::move(change.unwritten);
}

// By what changes it at the desk of who is out of service.
providers::Task<Pages::Told> ControlLoop::change_service_by(ServiceDesk::Change change, Loop& asker,
                                                            ServiceCall call) {
  if (is_given_up_) co_return Told{.status = 503, .text = given_up_text};
  auto changing = providers::elsewhere(io_, asker, [this, change, call] {
    auto changed = (service_.*change)(call, *generation_);
    take_out();
    return changed;
  });
  ServiceDesk::Changed changed = co_await std::move(changing);
  auto writing = written(asker, std::move(changed));
  co_return co_await std::move(writing);
}

providers::Task<Pages::Told> ControlLoop::disable(Loop& asker, ServiceCall call) {
  return change_service_by(&ServiceDesk::disable, asker, std::move(call));
}

providers::Task<Pages::Told> ControlLoop::change_service(Loop& asker, ServiceCall call) {
  return change_service_by(&ServiceDesk::change, asker, std::move(call));
}

providers::Task<Pages::Told> ControlLoop::probe(Loop& asker, std::string endpoint, std::string model) {
  auto looking = providers::elsewhere(io_, asker, [this] { return generation_; });
  std::shared_ptr<const Generation> generation = co_await std::move(looking);
  auto probing = probe_.run(asker, std::move(generation), std::move(endpoint), std::move(model));
  HostProbe::Answer answer = co_await std::move(probing);
  Told told{.status = answer.status, .text = std::move(answer.text)};
  // To a successor it is told by whoever asks there.
  if (answer.prefills.empty() || is_given_up_) co_return told;
  auto taking =
      providers::elsewhere(io_, asker, [this, found = answer.prefills] { return remembered(found); });
  ServiceDesk::Changed changed = co_await std::move(taking);
  changed.told = std::move(told);
  auto writing = written(asker, std::move(changed));
  co_return co_await std::move(writing);
}

// Of endpoints that there are, as they are now.
ServiceDesk::Changed ControlLoop::remembered(const Prefills& found) {
  Prefills here;
  for (const routing::Endpoint& endpoint : generation_->catalogue->endpoints()) {
    const auto each = found.find({endpoint.model->name.text, endpoint.settings->name.text});
    if (each != found.end() && each->second.asked == asked_there(*endpoint.provider, *endpoint.settings))
      here.insert(*each);
  }
  boost::json::object page{{"remembered", here.size()}, {"unknown_here", found.size() - here.size()}};
  ServiceDesk::Changed changed{.told = {.text = json_page(page)}};
  if (here.empty() || !take_prefills_) return changed;
  changed.writing = take_prefills_(here);
  changed.unwritten = {.status = 503, .text = "What was found holds until the next start only: "};
  return changed;
}

providers::Task<Pages::Told> ControlLoop::take_prefills(Loop& asker, std::string body) {
  if (is_given_up_) co_return Told{.status = 503, .text = given_up_text};
  bool is_whole = false;
  const Prefills found = prefills_in(body, is_whole);
  if (!is_whole) co_return Told{.status = 400, .text = "This is not what `isocost check --probe` tells."};
  auto taking = providers::elsewhere(io_, asker, [this, found] { return remembered(found); });
  ServiceDesk::Changed changed = co_await std::move(taking);
  auto writing = written(asker, std::move(changed));
  co_return co_await std::move(writing);
}

void ControlLoop::note(Change change) {
  asio::post(io_, [this, change = std::move(change)] { changes_.write(change); });
}

providers::Task<Pages::Told> ControlLoop::changes(Loop& asker) {
  co_return co_await providers::elsewhere(io_, asker, [this] { return Told{.text = changes_.page()}; });
}

providers::Task<Pages::Told> ControlLoop::request(Loop& asker, std::string id, std::optional<Screen> screen) {
  auto explaining = desk_->explained(asker, std::move(id), screen);
  RecordDesk::Answer answer = co_await std::move(explaining);
  co_return Told{.status = answer.status, .text = std::move(answer.body)};
}

providers::Task<Pages::Seen> ControlLoop::events(Loop& asker, std::uint64_t after) {
  auto [seen] = co_await providers::completion<Seen>([&](auto handler) {
    asio::post(io_, [this, &asker, after, handler] {
      const auto give = [&asker, handler](TailText text, std::uint64_t next) {
        asio::post(asker, [handler, text, next]() mutable { handler(Seen{.text = text, .next = next}); });
      };
      if (!tail_.wait(after, config::Clock::now(), give)) give(nullptr, after);
    });
  });
  co_return std::move(seen);
}

// Written at the desk, taken into use on this loop; what cannot be is taken back.
providers::Task<Pages::Told> ControlLoop::apply(Loop& asker, std::string body) {
  if (is_given_up_) co_return Told{.status = 503, .text = given_up_text};
  auto looking = providers::elsewhere(io_, asker, [this] { return configuration_().file; });
  const std::string file = co_await std::move(looking);
  const auto applied = std::make_shared<AppliedPolicies>();
  auto writing = desk_->run(asker, [file, body, applied] {
    *applied = apply_policies(file, body, [&file](const std::string& yaml) {
      return with_policies_checked(config::load(yaml, file, process_sources()));
    });
    return RecordDesk::Answer{.status = applied->status, .body = applied->text};
  });
  RecordDesk::Answer answer = co_await std::move(writing);
  if (answer.status != 200) co_return Told{.status = answer.status, .text = std::move(answer.body)};
  auto reloading = reload(asker);
  Reloaded reloaded = co_await std::move(reloading);
  if (reloaded.status == 200) co_return Told{.text = std::move(reloaded.body)};
  auto undoing = desk_->run(asker, [file, applied] {
    return RecordDesk::Answer{.status = put_back(file, *applied) ? 200 : 409, .body = {}};
  });
  const RecordDesk::Answer undone = co_await std::move(undoing);
  co_return Told{.status = 409,
                 .text = undone.status == 200
                             ? "the file could not be taken into use, and is as it was: see Configuration"
                             : "the file could not be taken into use, and could not be put back: see "
                               "Configuration"};
}

providers::Task<Pages::Told> ControlLoop::slow_page(Loop& asker, Page page, std::string query,
                                                    std::string body) {
  if (page == Page::policy_apply) {
    auto applying = apply(asker, std::move(body));
    co_return co_await std::move(applying);
  }
  if (page == Page::status && storage_) co_await storage_->settle(asker);
  // Tasks of their own: GCC 12 destroys twice what a whole expression with co_await makes on its way.
  auto gathering = providers::elsewhere(io_, asker, [this, page] {
    return Materials{.generation = generation_,
                     .snapshot = published_,
                     .facts = configuration_(),
                     .out_of_service = service_.out(),
                     .shadows = {.names = generation_->catalogue->settings().shadow,
                                 .standings = shadows_.standings(),
                                 .left_out = shadows_.left_out()},
                     .status = page == Page::status ? make_status() : std::string(),
                     .wall = wall_()};
  });
  const Materials from = co_await std::move(gathering);
  auto making = desk_->run(asker, [page, from, query, body] { return made_page(page, from, query, body); });
  RecordDesk::Answer answer = co_await std::move(making);
  co_return Told{.status = answer.status, .text = std::move(answer.body)};
}

}  // namespace gateway

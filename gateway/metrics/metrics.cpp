#include "gateway/metrics/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "gateway/metrics/exposition.hpp"
#include "gateway/metrics/metrics_endpoints.hpp"
#include "gateway/metrics/metrics_families.hpp"
#include "gateway/metrics/metrics_requests.hpp"
#include "gateway/metrics/metrics_tenants.hpp"
#include "gateway/metrics/process_facts.hpp"

namespace gateway {

struct Metrics::Parts {
  explicit Parts(std::shared_ptr<const routing::Catalogue> catalogue)
      : tenants(families, catalogue->settings().metrics.tenants),
        requests(families, catalogue),
        endpoints(families, std::move(catalogue)) {}

  void observe_process();

  MetricsFamilies families;
  TenantMetrics tenants;
  RequestMetrics requests;
  EndpointMetrics endpoints;
  std::array<prometheus::Counter*, event_count> events{};
  config::TimePoint canary_budget_since{};
};

namespace {

// In the order of Event.
std::array<prometheus::Counter*, event_count> event_counters(MetricsFamilies& families) {
  return {&families.timeouts.child({"client_header"}),
          &families.timeouts.child({"client_body"}),
          &families.timeouts.child({"client_write"}),
          &families.timeouts.child({"client_idle"}),
          &families.malformed.child(),
          &families.accept_paused.child(),
          &families.escaped.child(),
          &families.lost_lines.child(),
          &families.dropped.child(),
          &families.reloads.child({"success"}),
          &families.reloads.child({"failure"}),
          &families.refused.child(),
          &families.turned_away.child({"connections"}),
          &families.given_up.child(),
          &families.turned_away.child({"body_memory"}),
          &families.handshakes.child(),
          &families.ledger.child({"written"}),
          &families.ledger.child({"lost"}),
          &families.ledger_faults.child(),
          &families.dropped_spans.child(),
          &families.bulletins.child({"told"}),
          &families.bulletins.child({"heard"}),
          &families.bulletins.child({"refused"}),
          &families.glimpses_left_out.child(),
          &families.http2.child({"agreed"}),
          &families.http2.child({"cut_off"}),
          &families.client_aborts.child({"head"}),
          &families.client_aborts.child({"body"})};
}

using ShadowCount = std::pair<std::string_view, std::uint64_t>;

std::array<ShadowCount, 4> shadow_counts(const ShadowStanding& standing) {
  return {{{"judged", standing.judged},
           {"forbidden", standing.forbidden},
           {"unserved", standing.unserved},
           {"unmeasured", standing.unmeasured}}};
}

}  // namespace

Metrics::Metrics(std::string_view version, std::shared_ptr<const routing::Catalogue> catalogue)
    : parts_(std::make_unique<Parts>(catalogue)) {
  parts_->events = event_counters(parts_->families);
  parts_->families.build.child({version}).Set(1);
  parts_->families.generation.child().Set(static_cast<double>(catalogue->generation()));
  parts_->observe_process();
}

Metrics::~Metrics() = default;

void Metrics::adopt(std::shared_ptr<const routing::Catalogue> catalogue) {
  parts_->families.generation.child().Set(static_cast<double>(catalogue->generation()));
  parts_->tenants.adopt(catalogue->settings().metrics.tenants);
  parts_->requests.adopt(catalogue);
  parts_->endpoints.adopt(std::move(catalogue));
}

void Metrics::record(const Record& record) {
  parts_->tenants.record(record);
  parts_->requests.record(record);
  parts_->endpoints.record(record);
}

void Metrics::observe(const routing::Snapshot& snapshot, const routing::InFlight& in_flight,
                      config::TimePoint now, std::span<const routing::EndpointIndex> drained) {
  parts_->families.snapshot_version.child().Set(static_cast<double>(snapshot.version));
  parts_->families.snapshot_age.child().Set(config::Seconds(now - snapshot.taken).count());
  parts_->endpoints.observe(snapshot, in_flight, now, drained);
  parts_->observe_process();
}

void Metrics::count(Event event, std::uint64_t times) {
  parts_->events[static_cast<std::size_t>(event)]->Increment(static_cast<double>(times));
}

void Metrics::observe_certificate(std::int64_t expires) {
  parts_->families.certificate_expires.child().Set(static_cast<double>(expires));
}

void Metrics::observe_load(int under_way, double memory_used) {
  parts_->families.requests_under_way.child().Set(under_way);
  parts_->families.memory_used.child().Set(memory_used);
}

void Metrics::observe_reserved(std::size_t requests, double dollars) {
  parts_->families.reserved_requests.child().Set(static_cast<double>(requests));
  parts_->families.reserved_dollars.child().Set(dollars);
}

void Metrics::observe_sharing(int gateways, bool is_away, double leased_dollars) {
  parts_->families.sharing_gateways.child().Set(gateways);
  parts_->families.sharing_away.child().Set(is_away ? 1 : 0);
  parts_->families.leased_dollars.child().Set(leased_dollars);
}

void Metrics::observe_shared_market(std::size_t gateways, config::Duration age) {
  parts_->families.market_gateways.child().Set(static_cast<double>(gateways));
  parts_->families.market_age.child().Set(config::Seconds(age).count());
}

void Metrics::observe_keys_away(bool is_away) {
  parts_->families.keys_away.child().Set(is_away ? 1 : 0);
}

void Metrics::observe_ledger(std::size_t waiting_bytes, config::Duration lag, double journal_used) {
  parts_->families.ledger_waiting.child().Set(static_cast<double>(waiting_bytes));
  parts_->families.ledger_lag.child().Set(config::Seconds(lag).count());
  parts_->families.journal_used.child().Set(journal_used);
}

void Metrics::observe_budget(std::string_view policy, double a_day, double spent, double money) {
  parts_->families.budget.child({policy}).Set(a_day);
  parts_->families.budget_spent.child({policy}).Set(spent);
  parts_->families.budget_money.child({policy}).Set(money);
}

void Metrics::forget_budgets() {
  const auto none = [](const prometheus::Labels&) { return false; };
  for (GaugeFamily* each :
       {&parts_->families.budget, &parts_->families.budget_spent, &parts_->families.budget_money})
    each->keep_only(none);
}

void Metrics::observe_connections(int open) {
  parts_->families.connections.child().Set(open);
}

void Metrics::observe_budgets(std::span<const Budget> budgets) {
  for (GaugeFamily* family : {&parts_->families.budget_used, &parts_->families.budget_forecast}) {
    family->keep_only([&](const prometheus::Labels& labels) {
      return std::ranges::find(budgets, labels.at("whose"), &Budget::whose) != budgets.end();
    });
  }
  for (const Budget& budget : budgets) {
    parts_->families.budget_used.child({budget.whose}).Set(budget.used);
    if (budget.forecast) parts_->families.budget_forecast.child({budget.whose}).Set(*budget.forecast);
  }
}

void Metrics::observe_canary(bool is_answered, double dollars, double budget_used, config::TimePoint now) {
  MetricsFamilies& families = parts_->families;
  families.canaries.child({is_answered ? "answered" : "failed"}).Increment();
  families.canary_dollars.child().Increment(dollars);
  prometheus::Gauge& used = families.canary_budget.child();
  if (now - parts_->canary_budget_since < std::chrono::hours(1) && budget_used < used.Value()) return;
  used.Set(budget_used);
  parts_->canary_budget_since = now;
}

void Metrics::observe_limits(std::span<const std::pair<std::string, double>> by_policy) {
  GaugeFamily& family = parts_->families.first_token_limit;
  family.keep_only([](const prometheus::Labels&) { return false; });
  for (const auto& [policy, seconds] : by_policy) family.child({policy}).Set(seconds);
}

void Metrics::observe_shadows(std::vector<ShadowStanding> standings, std::uint64_t left_out) {
  MetricsFamilies& families = parts_->families;
  std::ranges::stable_sort(standings, std::ranges::greater(), &ShadowStanding::judged);
  if (standings.size() > MetricsFamilies::of_shadows) standings.resize(MetricsFamilies::of_shadows);
  // A count that begins anew, of a policy that was edited, is a series that begins anew.
  families.shadow_requests.keep_only([&](const prometheus::Labels& labels) {
    const auto found = std::ranges::find_if(standings, [&](const ShadowStanding& each) {
      return each.policy == labels.at("policy") && each.shadow == labels.at("shadow") &&
             each.model == labels.at("model");
    });
    if (found == standings.end()) return false;
    const std::string& outcome = labels.at("outcome");
    const auto counts = shadow_counts(*found);
    const auto count = std::ranges::find(counts, outcome, &ShadowCount::first);
    const double before =
        families.shadow_requests.child({found->policy, found->shadow, found->model, outcome}).Value();
    return count != counts.end() && before <= static_cast<double>(count->second);
  });
  families.shadow_difference.keep_only([](const prometheus::Labels&) { return false; });
  using Verdict = ShadowStanding::Verdict;
  for (const ShadowStanding& each : standings) {
    for (const auto& [outcome, count] : shadow_counts(each)) {
      if (count == 0) continue;
      prometheus::Counter& counter =
          families.shadow_requests.child({each.policy, each.shadow, each.model, outcome});
      counter.Increment(static_cast<double>(count) - counter.Value());
    }
    // What alerts go by is nothing that may not be acted upon.
    const bool is_no_ground = each.verdict == Verdict::forbidden || each.verdict == Verdict::unserved ||
                              each.verdict == Verdict::unmeasured;
    if (is_no_ground) continue;
    const std::array<std::pair<std::string_view, const routing::Interval*>, 3> measures{
        {{"cost", &each.cost}, {"billed", &each.dollars}, {"answer", &each.seconds}}};
    for (const auto& [measure, interval] : measures) {
      if (!std::isfinite(interval->low) || !std::isfinite(interval->high)) continue;
      const std::array<std::pair<std::string_view, double>, 3> bounds{
          {{"mean", interval->mean}, {"low", interval->low}, {"high", interval->high}}};
      for (const auto& [bound, value] : bounds)
        families.shadow_difference.child({each.policy, each.shadow, each.model, measure, bound}).Set(value);
    }
  }
  prometheus::Counter& lost = families.shadow_left_out.child();
  lost.Increment(static_cast<double>(left_out) - lost.Value());
}

std::string Metrics::text() const {
  return exposition(parts_->families.registry.Collect());
}

const std::vector<FamilyFacts>& Metrics::families() const {
  return parts_->families.registry.facts;
}

void Metrics::Parts::observe_process() {
  const auto facts = process_facts();
  if (!facts) return;
  families.resident.child().Set(static_cast<double>(facts->resident_bytes));
  families.virtual_memory.child().Set(static_cast<double>(facts->virtual_bytes));
  prometheus::Counter& cpu = families.cpu.child();
  cpu.Increment(facts->cpu_seconds - cpu.Value());
  families.open_files.child().Set(static_cast<double>(facts->open_files));
  families.most_files.child().Set(static_cast<double>(facts->most_files));
  families.start_time.child().Set(facts->started);
}

}  // namespace gateway

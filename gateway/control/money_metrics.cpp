#include "gateway/control/money_metrics.hpp"

#include <utility>

#include "gateway/pages/limits_page.hpp"

namespace gateway {

void MoneyMetrics::count(Metrics& metrics, Event event, std::uint64_t now) {
  std::uint64_t& before = before_[static_cast<std::size_t>(event)];
  metrics.count(event, now - std::exchange(before, now));
}

void MoneyMetrics::observe_exchange(const MarketExchange& exchange, const ControlLoop& control,
                                    Metrics& metrics) {
  const config::TimePoint now = config::Clock::now();
  metrics.observe_shared_market(control.market_gateways(now),
                                exchange.shares_measurements() ? exchange.age(now) : config::Duration{});
  count(metrics, Event::bulletin_told, exchange.told());
  count(metrics, Event::bulletin_heard, exchange.heard());
  count(metrics, Event::bulletin_refused, exchange.refused());
}

void MoneyMetrics::observe_ledger(const Ledger& ledger, Metrics& metrics) {
  count(metrics, Event::ledger_entry_written, ledger.written());
  count(metrics, Event::ledger_entry_lost, ledger.lost());
  count(metrics, Event::ledger_write_failed, ledger.faults());
  const Journal::Use use = ledger.use();
  metrics.observe_ledger(use.waiting, use.waiting == 0 ? config::Duration{} : ledger.behind(), use.share);
}

void MoneyMetrics::observe(const From& from, Metrics& metrics) {
  const Books& books = from.books;
  metrics.observe_load(from.shared.pressure.under_way(), from.shared.pressure.memory_used());
  metrics.observe_reserved(books.open_requests(), config::Money{books.open_nanos()}.dollars());
  if (from.sharing) {
    metrics.observe_sharing(from.sharing->gateways(), from.sharing->is_away(),
                            config::Money{books.leased_nanos()}.dollars());
  }
  if (from.exchange) observe_exchange(*from.exchange, from.control, metrics);
  if (from.keys) metrics.observe_keys_away(from.keys->is_away());
  metrics.observe_budgets(budgets_of(books.limits(config::Clock::now(), Books::Users::left_out), from.wall));
  if (from.ledger) observe_ledger(*from.ledger, metrics);
}

}  // namespace gateway

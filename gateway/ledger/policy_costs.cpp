// What requests under policies cost: no sum is kept of it, since only policies with a budget ask, and only
// for the day that a gateway starts in.
#include <algorithm>

#include "gateway/ledger/ledger_file.hpp"
#include "gateway/ledger/postgres_ledger.hpp"

namespace gateway {
namespace {

void count_in(std::string_view detail, bool is_own, LedgerStore::PolicyCosts& costs) {
  Entry entry;
  if (!read_entry_detail(detail, entry)) return;
  LedgerStore::PolicyCost& cost = costs[entry.policy];
  (is_own ? cost.own : cost.others) += entry.cost;
}

}  // namespace

LedgerStore::PolicyCosts LedgerFile::costs_by_policy(std::int64_t from_ms, std::int64_t until_ms) {
  PolicyCosts costs;
  with_entries(from_ms, until_ms, [&](const Packed& entry) { count_in(entry.detail, true, costs); });
  return costs;
}

LedgerStore::PolicyCosts PostgresLedger::costs_by_policy(std::int64_t from_ms, std::int64_t until_ms) {
  // A part of an answer at a time: a busy day does not fit into memory.
  constexpr std::int64_t slice = 5 * 60 * 1000;
  PolicyCosts costs;
  for (std::int64_t from = from_ms; from < until_ms; from += slice) {
    const std::int64_t until = std::min(from + slice, until_ms);
    const PostgresRows rows = database_.run("SELECT gateway, detail FROM entry WHERE at >= $1 AND at < $2",
                                            {std::to_string(from), std::to_string(until)});
    for (int i = 0; i < rows.count(); ++i) count_in(rows.bytes(i, 1), rows.integer(i, 0) == gateway_, costs);
  }
  return costs;
}

}  // namespace gateway

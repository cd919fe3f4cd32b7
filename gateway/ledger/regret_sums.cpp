#include "gateway/ledger/regret_sums.hpp"

#include <cmath>

#include "gateway/ledger/ledger_times.hpp"

namespace gateway {
namespace {

std::int64_t nanos(double dollars) {
  return std::llround(dollars * 1e9);
}

}  // namespace

void RegretSums::add(std::span<const RecordPtr> records) {
  for (const RecordPtr& each : records) {
    const Record& record = *each;
    if (!record.hindsight || record.decisions.empty() || !record.decisions.front().chosen) continue;
    const routing::Endpoint& endpoint = record.catalogue->endpoints()[*record.decisions.front().chosen];
    const std::int64_t day = floor_to(ms_of(record.wall), day_ms) / day_ms;
    const Place place{record.team, record.key, endpoint.model->name.text, endpoint.settings->name.text};
    LedgerStore::Regret& sum = sums_[{day, place}];
    ++sum.requests;
    sum.regret += nanos(record.hindsight->regret());
    sum.cost += nanos(record.hindsight->chosen_cost);
  }
}

std::vector<LedgerStore::Regret> RegretSums::take() {
  std::vector<LedgerStore::Regret> all;
  for (auto& [at, sum] : sums_) {
    sum.day = at.first;
    sum.team = at.second[0], sum.key = at.second[1], sum.model = at.second[2], sum.endpoint = at.second[3];
    all.push_back(std::move(sum));
  }
  sums_.clear();
  return all;
}

}  // namespace gateway

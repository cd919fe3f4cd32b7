#include "gateway/metrics/metrics_tenants.hpp"

#include "gateway/observe/words.hpp"

namespace gateway {
namespace {

constexpr std::string_view others = "other";

}  // namespace

void TenantMetrics::adopt(config::Tenants by) {
  if (by == by_) return;
  by_ = by;
  all_.clear();
}

TenantMetrics::Series TenantMetrics::series(std::string_view team, std::string_view key) {
  return {.requests = &families_.tenant_requests.child({team, key}),
          .prompt = &families_.tenant_prompt.child({team, key}),
          .output = &families_.tenant_output.child({team, key}),
          .cost = &families_.tenant_cost.child({team, key}),
          .charged = &families_.tenant_charged.child({team, key})};
}

TenantMetrics::Series& TenantMetrics::series_of(const Record& record) {
  const bool by_key = by_ == config::Tenants::key;
  name_.assign(record.team);
  if (by_key) name_.append("\n").append(record.key);
  const auto known = all_.find(name_);
  if (known != all_.end()) return known->second;
  if (all_.size() < most) {
    const std::string_view key = by_key ? std::string_view(record.key) : std::string_view();
    return all_.emplace(name_, series(record.team, key)).first->second;
  }
  // No team has such a name: it would end a line.
  const auto rest = all_.try_emplace("\n\n", series(others, by_key ? others : ""));
  return rest.first->second;
}

void TenantMetrics::record_limit(const LimitHit& hit) {
  families_.limits_hit.child({word(hit.of), kind_of(hit), hit.let_in ? "waited" : "refused"}).Increment();
}

void TenantMetrics::record(const Record& record) {
  if (record.limit_hit) record_limit(*record.limit_hit);
  const bool is_inference = record.demand.model != nullptr || !record.attempts.empty();
  if (by_ == config::Tenants::none || !is_inference) return;
  Series& to = series_of(record);
  to.requests->Increment();
  double cost = 0;
  for (const routing::Attempt& attempt : record.attempts) {
    cost += attempt.cost.dollars();
    if (!attempt.usage) continue;
    to.prompt->Increment(static_cast<double>(attempt.usage->prompt.count));
    to.output->Increment(static_cast<double>(attempt.usage->output.count));
  }
  to.cost->Increment(cost);
  to.charged->Increment(record.charged.dollars());
}

}  // namespace gateway

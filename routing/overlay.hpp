// What a request's own preferences add to the policy it gets: filters, tiers and an order. An overlay can
// only tighten: it removes endpoints and reorders those that the policy leaves; `allow` and `require` stay as
// they are. Immutable; belongs to its request.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "routing/policy.hpp"
#include "routing/preferences.hpp"

namespace routing {

// Why an endpoint is left out, in the order they are tried.
enum class Filter {
  none,
  only,
  ignore,
  order,  // not named there, and fallbacks are forbidden
  parameters,
  data_collection,
  zdr,
  distillable_text,
  quantization,
  max_price
};

class Overlay {
 public:
  // The preferences must be without fault.
  explicit Overlay(ProviderPreferences preferences);

  // `needs`: what the request asks the endpoint for. Unknown facts are filtered out. Does not allocate.
  Filter filter(const Endpoint& endpoint, const config::Features& needs) const;
  // 0 comes first: by place in `order`, and within that those that keep the preferred throughput and latency.
  // Where nothing was measured yet, they are kept. Does not allocate.
  int tier(const Endpoint& endpoint, const Measured& measured) const;
  Partition partition() const;
  const ProviderPreferences& preferences() const { return preferences_; }

 private:
  bool keeps_preferred(const Measured& measured) const;

  ProviderPreferences preferences_;
  std::uint32_t quantizations_ = 0;  // bits by enumerator; families included
};

// The policy as this request has it. An order of its own replaces minimize and choose and stops exploration,
// forbidden fallbacks without `order` leave one attempt. plan() puts the overlay's tiers before the policy's.
Policy overlaid(const Policy& policy, std::shared_ptr<const Overlay> overlay);

// As OpenRouter's `excluded_by` names them where it has a name.
std::string_view to_text(Filter filter);

}  // namespace routing

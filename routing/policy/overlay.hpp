// What a request's own preferences add to the policy it gets: filters, tiers and an order. An overlay can
// only tighten: it removes endpoints and reorders those that the policy leaves; `allow` and `require` stay as
// they are. Immutable; belongs to its request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/policy/filter.hpp"
#include "routing/policy/policy.hpp"
#include "routing/policy/preferences.hpp"

namespace routing {

// One preference that an endpoint does not meet.
struct Objection {
  Filter filter = Filter::none;
  std::string_view field;          // in OpenRouter's words: "max_price.completion"
  std::optional<Margin> margin{};  // where it compares numbers
  std::string found;               // where it does not, what the host does: "is fp8"; may be empty
};

class Overlay {
 public:
  // The preferences must be without fault.
  explicit Overlay(ProviderPreferences preferences);

  // The first preference that the endpoint does not meet. `needs`: what the request asks it for. Unknown
  // facts are filtered out. Does not allocate.
  Filter filter(const Endpoint& endpoint, const config::Features& needs) const;
  // Of a filter that compares numbers, those of the first comparison that fails. Does not allocate.
  std::optional<Margin> margin(Filter filter, const Endpoint& endpoint) const;
  // All of them, for explanations.
  std::vector<Objection> objections(const Endpoint& endpoint, const config::Features& needs) const;
  // 0 comes first: by place in `order`, and within that those that keep the preferred throughput and latency.
  // Where nothing was measured yet, they are kept. Does not allocate.
  int tier(const Endpoint& endpoint, const Measured& measured) const;
  Partition partition() const;
  const ProviderPreferences& preferences() const { return preferences_; }

 private:
  bool meets(Filter filter, const Endpoint& endpoint, const config::Features& needs) const;
  bool keeps_preferred(const Measured& measured) const;

  ProviderPreferences preferences_;
  std::uint32_t quantizations_ = 0;  // bits by enumerator; families included
};

// The policy as this request has it. An order of its own replaces minimize and choose and stops exploration,
// forbidden fallbacks without `order` leave one attempt. plan() puts the overlay's tiers before the policy's.
Policy overlaid(const Policy& policy, std::shared_ptr<const Overlay> overlay);

}  // namespace routing

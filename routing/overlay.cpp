#include "routing/overlay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "routing/piece.hpp"
#include "routing/vocabulary.hpp"

namespace routing {

namespace {

using Q = config::Quantization;

std::uint32_t bit(Q quantization) {
  return 1u << static_cast<unsigned>(quantization);
}

// `fp4` and `fp8` stand for their microscaled kin too.
std::uint32_t family(std::string_view name) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i <= static_cast<unsigned>(Q::fp32); ++i) {
    if (to_text(static_cast<Q>(i)) == name) bits |= 1u << i;
  }
  if (name == "fp4") bits |= bit(Q::mxfp4) | bit(Q::nvfp4);
  if (name == "fp8") bits |= bit(Q::mxfp8);
  return bits;
}

bool named(const std::vector<std::string>& slugs, const Endpoint& endpoint) {
  return std::ranges::any_of(slugs, [&](const std::string& slug) { return matches(slug, endpoint); });
}

bool collects(const config::DataPolicy& data) {
  const bool keeps_nothing = data.retains_prompts == false || data.zero_data_retention == true;
  return !(keeps_nothing && data.trains_on_prompts == false);
}

// A ceiling as people write it may differ from a price in the last binary digit.
bool within(double price, const std::optional<double>& ceiling, double unit) {
  return !ceiling || price <= *ceiling * unit * (1 + 1e-9);
}

bool at_least(double measured, const std::optional<double>& wanted) {
  return !wanted || std::isnan(measured) || measured >= *wanted;
}
bool at_most(double measured, const std::optional<double>& wanted) {
  return !wanted || std::isnan(measured) || measured <= *wanted;
}

struct Order {
  std::string_view name;
  std::string text;  // of an expression: the least dollars come first
};

// Each order as a cost that rises the wrong way.
Rule order_by(std::string_view name) {
  static const std::array<Order, 4> orders{{{"price", "price"},
                                            {"throughput", "$1 * (1 tok/s / throughput)"},
                                            {"latency", "1 $/s * ttft"},
                                            {"exacto", "$1 * failure"}}};
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> compiled;
    config::Problems problems;
    for (const Order& order : orders) {
      compiled.push_back(
          compile_text({.text = order.text, .place = {}}, "", Use::minimize, Vocabulary{}, problems)
              .at(0)
              .rule);
    }
    return compiled;
  }();
  const auto found = std::ranges::find(orders, name, &Order::name);
  return rules.at(static_cast<std::size_t>(found - orders.begin()));
}

}  // namespace

Overlay::Overlay(ProviderPreferences preferences) : preferences_(std::move(preferences)) {
  for (const std::string& name : preferences_.quantizations) quantizations_ |= family(name);
}

Filter Overlay::filter(const Endpoint& endpoint, const config::Features& needs) const {
  const ProviderPreferences& p = preferences_;
  const config::DataPolicy& data = endpoint.provider->data_policy;
  const std::vector<std::string>& tags = endpoint.settings->tags;
  if (!p.only.empty() && !named(p.only, endpoint)) return Filter::only;
  if (named(p.ignore, endpoint)) return Filter::ignore;
  if (!p.order.empty() && p.fallbacks == Fallbacks::forbidden && !named(p.order, endpoint))
    return Filter::order;
  if (p.parameters == Parameters::required && (needs & ~endpoint.settings->features).any()) {
    return Filter::parameters;
  }
  if (p.data_collection == "deny" && collects(data)) return Filter::data_collection;
  if (p.zdr && data.zero_data_retention != true) return Filter::zdr;
  if (p.distillable_text && std::ranges::find(tags, "distillable") == tags.end())
    return Filter::distillable_text;
  if (!p.quantizations.empty() && (quantizations_ & bit(endpoint.settings->quantization)) == 0) {
    return Filter::quantization;
  }
  const bool affordable = within(endpoint.dollars_per_input, p.max_price.prompt, 1e-6) &&
                          within(endpoint.dollars_per_output, p.max_price.completion, 1e-6) &&
                          within(endpoint.dollars_per_request, p.max_price.request, 1);
  return affordable ? Filter::none : Filter::max_price;
}

bool Overlay::keeps_preferred(const Measured& measured) const {
  const Cutoffs &speed = preferences_.min_throughput, &wait = preferences_.max_latency;
  return at_least(measured.throughput.p50, speed.p50) && at_least(measured.throughput.p75, speed.p75) &&
         at_least(measured.throughput.p90, speed.p90) && at_least(measured.throughput.p99, speed.p99) &&
         at_most(measured.ttft.p50, wait.p50) && at_most(measured.ttft.p75, wait.p75) &&
         at_most(measured.ttft.p90, wait.p90) && at_most(measured.ttft.p99, wait.p99);
}

int Overlay::tier(const Endpoint& endpoint, const Measured& measured) const {
  const auto place = std::ranges::find_if(preferences_.order,
                                          [&](const std::string& slug) { return matches(slug, endpoint); });
  const auto position = static_cast<int>(place - preferences_.order.begin());
  return 2 * position + (keeps_preferred(measured) ? 0 : 1);
}

Partition Overlay::partition() const {
  return preferences_.partition == "none" ? Partition::none : Partition::model;
}

Policy overlaid(const Policy& policy, std::shared_ptr<const Overlay> overlay) {
  const ProviderPreferences& wanted = overlay->preferences();
  Policy result = policy;
  if (!wanted.order.empty() || !wanted.sort.empty()) {
    result.choose.reset();
    result.explore = 0;
  }
  // `sort` does not apply where `order` says who comes first.
  if (wanted.order.empty() && !wanted.sort.empty()) result.minimize = order_by(wanted.sort);
  if (wanted.order.empty() && wanted.fallbacks == Fallbacks::forbidden) result.attempts = 1;
  result.overlay = std::move(overlay);
  return result;
}

std::string_view to_text(Filter filter) {
  switch (filter) {
    case Filter::only:
    case Filter::ignore:
    case Filter::order:
      return "allowed_providers";
    case Filter::parameters:
      return "require_parameters";
    case Filter::data_collection:
      return "data_policy:training";
    case Filter::zdr:
      return "data_policy:zdr";
    case Filter::distillable_text:
      return "enforce_distillable_text";
    case Filter::quantization:
      return "quantization";
    case Filter::max_price:
      return "max_price";
    case Filter::none:
      break;
  }
  return "none";
}

}  // namespace routing

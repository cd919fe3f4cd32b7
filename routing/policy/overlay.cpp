#include "routing/policy/overlay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "routing/language/vocabulary.hpp"
#include "routing/policy/piece.hpp"

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

bool ignored(const std::vector<std::string>& slugs, const Endpoint& endpoint) {
  return std::ranges::any_of(slugs, [&](const std::string& slug) { return covers(slug, endpoint); });
}

bool collects(const config::DataPolicy& data) {
  const bool keeps_nothing = data.retains_prompts == false || data.zero_data_retention == true;
  return !(keeps_nothing && data.trains_on_prompts == false);
}

// One of the prices that `max_price` bounds.
struct Bounded {
  std::string_view field;
  double Endpoint::*price;
  std::optional<double> PriceCeiling::*ceiling;
  double unit;  // of the ceiling
  Dimension dimension;
};
constexpr std::array<Bounded, 4> bounded_prices{
    {{"max_price.prompt", &Endpoint::dollars_per_input, &PriceCeiling::prompt, 1e-6,
      dimensions::dollars_per_token},
     {"max_price.completion", &Endpoint::dollars_per_output, &PriceCeiling::completion, 1e-6,
      dimensions::dollars_per_token},
     {"max_price.request", &Endpoint::dollars_per_request, &PriceCeiling::request, 1, dimensions::dollars},
     {"max_price.image", &Endpoint::dollars_per_image, &PriceCeiling::image, 1, dimensions::dollars}}};

// Nothing where the price is within its ceiling.
std::optional<Margin> excess(const Bounded& bounded, const PriceCeiling& ceilings, const Endpoint& endpoint) {
  const std::optional<double>& ceiling = ceilings.*bounded.ceiling;
  if (!ceiling) return std::nullopt;
  const Margin margin{
      .found = endpoint.*bounded.price, .limit = *ceiling * bounded.unit, .dimension = bounded.dimension};
  // A ceiling as people write it may differ from a price in the last binary digit.
  if (margin.found <= margin.limit * (1 + 1e-9)) return std::nullopt;
  return margin;
}

// What the endpoint is, where that is not what the preference asks for.
std::string found_instead(Filter filter, const Endpoint& endpoint, const config::Features& needs) {
  const config::DataPolicy& data = endpoint.provider->data_policy;
  switch (filter) {
    case Filter::parameters: {
      std::string lacking;
      for (std::size_t i = 0; i < needs.size(); ++i) {
        if (!needs.test(i) || endpoint.settings->features.test(i)) continue;
        lacking.append(lacking.empty() ? "lacks " : ", ").append(to_text(static_cast<config::Feature>(i)));
      }
      return lacking;
    }
    case Filter::data_collection:
      if (data.trains_on_prompts == true) return "trains on prompts";
      return data.retains_prompts == true ? "retains prompts" : "does not say";
    case Filter::zdr:
      return data.zero_data_retention ? "retains data" : "does not say";
    case Filter::quantization:
      return "is " + std::string(to_text(endpoint.settings->quantization));
    default:
      return "";
  }
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

bool Overlay::meets(Filter filter, const Endpoint& endpoint, const config::Features& needs) const {
  const ProviderPreferences& p = preferences_;
  const config::DataPolicy& data = endpoint.provider->data_policy;
  const std::vector<std::string>& tags = endpoint.settings->tags;
  switch (filter) {
    case Filter::none:
      return true;
    case Filter::only:
      return p.only.empty() || named(p.only, endpoint);
    case Filter::ignore:
      return !ignored(p.ignore, endpoint);
    case Filter::order:
      return p.order.empty() || p.fallbacks == Fallbacks::allowed || named(p.order, endpoint);
    case Filter::parameters:
      return p.parameters == Parameters::best_effort || (needs & ~endpoint.settings->features).none();
    case Filter::data_collection:
      return p.data_collection != "deny" || !collects(data);
    case Filter::zdr:
      return !p.zdr || data.zero_data_retention == true;
    case Filter::distillable_text:
      return !p.distillable_text || std::ranges::find(tags, "distillable") != tags.end();
    case Filter::quantization:
      return p.quantizations.empty() || (quantizations_ & bit(endpoint.settings->quantization)) != 0;
    case Filter::max_price:
      return !margin(filter, endpoint);
  }
  return true;
}

Filter Overlay::filter(const Endpoint& endpoint, const config::Features& needs) const {
  for (const Filter filter : filters) {
    if (!meets(filter, endpoint, needs)) return filter;
  }
  return Filter::none;
}

std::optional<Margin> Overlay::margin(Filter filter, const Endpoint& endpoint) const {
  if (filter != Filter::max_price) return std::nullopt;
  for (const Bounded& each : bounded_prices) {
    if (const auto found = excess(each, preferences_.max_price, endpoint)) return found;
  }
  return std::nullopt;
}

std::vector<Objection> Overlay::objections(const Endpoint& endpoint, const config::Features& needs) const {
  std::vector<Objection> result;
  for (const Filter filter : filters) {
    if (filter == Filter::max_price || meets(filter, endpoint, needs)) continue;
    result.push_back(
        {.filter = filter, .field = field_of(filter), .found = found_instead(filter, endpoint, needs)});
  }
  for (const Bounded& each : bounded_prices) {
    const auto margin = excess(each, preferences_.max_price, endpoint);
    if (margin)
      result.push_back({.filter = Filter::max_price, .field = each.field, .margin = margin, .found = {}});
  }
  return result;
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
  if (wanted.order.empty() && !wanted.sort.empty()) {
    result.minimize = order_by(wanted.sort);
    result.demotion = 1;
    // Money that counts more would bend an order that is the request's own.
    result.budget.reset();
  }
  if (wanted.order.empty() && wanted.fallbacks == Fallbacks::forbidden) {
    result.attempts = 1;
    result.continue_hops = 0;
  }
  result.overlay = std::move(overlay);
  return result;
}

}  // namespace routing

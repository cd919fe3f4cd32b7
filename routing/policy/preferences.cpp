#include "routing/policy/preferences.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "routing/language/complaint.hpp"
#include "routing/language/vocabulary.hpp"

namespace routing {

namespace {

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

// Whether it names the provider, whichever of its endpoints that stands for.
bool is_provider(std::string_view slug, const Endpoint& endpoint) {
  return same_letters(slug, endpoint.provider->name.text) ||
         (!slug.empty() && same_letters(slug, endpoint.provider->display_name));
}

Refusal refusal(std::string field, std::string message) {
  return {.status = 400, .message = std::move(message), .field = "provider." + std::move(field)};
}

std::vector<std::string> slugs_of(const Catalogue& catalogue) {
  std::vector<std::string> slugs;
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    slugs.push_back(endpoint.provider->name.text);
    slugs.push_back(endpoint.settings->name.text);
  }
  std::ranges::sort(slugs);
  slugs.erase(std::unique(slugs.begin(), slugs.end()), slugs.end());
  return slugs;
}

std::optional<Refusal> fault_in_slugs(std::string field, const std::vector<std::string>& slugs,
                                      const Catalogue& catalogue) {
  for (const std::string& slug : slugs) {
    const bool known = std::ranges::any_of(catalogue.endpoints(),
                                           [&](const Endpoint& endpoint) { return covers(slug, endpoint); });
    if (!known) {
      return refusal(std::move(field), "there is no provider " + in_quotes(slug) + "; the providers are " +
                                           listed(slugs_of(catalogue)));
    }
  }
  return std::nullopt;
}

template <std::size_t n>
std::optional<Refusal> fault_in_choice(std::string field, const std::string& found,
                                       const std::array<std::string_view, n>& allowed) {
  if (found.empty() || std::ranges::find(allowed, found) != allowed.end()) return std::nullopt;
  return refusal(std::move(field),
                 in_quotes(found) + " is not allowed here; the values are " + listed(allowed));
}

std::optional<Refusal> fault_in_number(const std::string& field, const std::optional<double>& value) {
  if (!value || (std::isfinite(*value) && *value >= 0)) return std::nullopt;
  return refusal(field, "a number that is not negative is wanted here");
}

std::optional<Refusal> fault_in_cutoffs(const std::string& field, const Cutoffs& cutoffs) {
  for (const auto& value : {cutoffs.p50, cutoffs.p75, cutoffs.p90, cutoffs.p99}) {
    if (auto fault = fault_in_number(field, value)) return fault;
  }
  return std::nullopt;
}

std::optional<Refusal> fault_in_quantizations(const std::vector<std::string>& found) {
  std::vector<std::string_view> allowed;
  for (int i = 0; i <= static_cast<int>(config::Quantization::fp32); ++i) {
    allowed.push_back(to_text(static_cast<config::Quantization>(i)));
  }
  for (const std::string& each : found) {
    if (std::ranges::find(allowed, each) != allowed.end()) continue;
    return refusal("quantizations", in_quotes(each) + " is not a quantization; they are " + listed(allowed));
  }
  return std::nullopt;
}

std::optional<Refusal> fault_in_numbers(const ProviderPreferences& p) {
  if (auto fault = fault_in_number("max_price.prompt", p.max_price.prompt)) return fault;
  if (auto fault = fault_in_number("max_price.completion", p.max_price.completion)) return fault;
  if (auto fault = fault_in_number("max_price.request", p.max_price.request)) return fault;
  if (auto fault = fault_in_number("max_price.image", p.max_price.image)) return fault;
  if (auto fault = fault_in_number("max_price.audio", p.max_price.audio)) return fault;
  if (auto fault = fault_in_cutoffs("preferred_min_throughput", p.min_throughput)) return fault;
  return fault_in_cutoffs("preferred_max_latency", p.max_latency);
}

}  // namespace

std::optional<Refusal> fault_in(const ProviderPreferences& p, const Catalogue& catalogue) {
  if (auto fault = fault_in_slugs("order", p.order, catalogue)) return fault;
  if (auto fault = fault_in_slugs("only", p.only, catalogue)) return fault;
  if (auto fault = fault_in_slugs("ignore", p.ignore, catalogue)) return fault;
  if (auto fault = fault_in_quantizations(p.quantizations)) return fault;
  static constexpr std::array<std::string_view, 2> collections{"allow", "deny"};
  static constexpr std::array<std::string_view, 4> sorts{"price", "throughput", "latency", "exacto"};
  static constexpr std::array<std::string_view, 2> partitions{"model", "none"};
  if (auto fault = fault_in_choice("data_collection", p.data_collection, collections)) return fault;
  if (auto fault = fault_in_choice("sort", p.sort, sorts)) return fault;
  if (auto fault = fault_in_choice("sort.partition", p.partition, partitions)) return fault;
  return fault_in_numbers(p);
}

bool matches(std::string_view slug, const Endpoint& endpoint) {
  const std::string_view name = endpoint.settings->name.text;
  if (same_letters(slug, name)) return true;
  const std::size_t slash = name.find('/');
  const std::string_view variant = slash == std::string_view::npos ? "" : name.substr(slash + 1);
  return is_provider(slug, endpoint) && variant != "priority" && variant != "flex";
}

bool covers(std::string_view slug, const Endpoint& endpoint) {
  return is_provider(slug, endpoint) || matches(slug, endpoint);
}

}  // namespace routing

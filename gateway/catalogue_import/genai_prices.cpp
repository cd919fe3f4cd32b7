// genai-prices' data: [{id, models: [{id, name, context_window, prices}]}]; prices in dollars per million
// tokens, each a number or {base, tiers}, alone or in a list of which the last whose condition holds counts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>

#include "config/values/timestamp.hpp"
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using MaybePrice = std::optional<config::PricePerMillionTokens>;

constexpr std::string_view genai_source = "genai-prices";

// At a prompt of so many tokens: a price may be a number or {base, tiers: [{start, price}]}.
MaybePrice price_at(const json::object& prices, std::string_view name, std::int64_t above) {
  const json::object* stepped = object_in(prices, name);
  if (!stepped) return price_per_million_in(prices, name);
  MaybePrice found = price_per_million_in(*stepped, "base");
  std::int64_t from = -1;
  for (const json::value& each : elements_in(*stepped, "tiers")) {
    const json::object* tier = each.if_object();
    const std::int64_t start = tier ? whole_in(*tier, "start") : 0;
    if (!tier || start > above || start <= from) continue;
    from = start;
    found = price_per_million_in(*tier, "price");
  }
  return found;
}

config::Prices prices_at(const json::object& prices, std::int64_t above) {
  config::Prices made;
  const auto price = [&](const char* name) { return price_at(prices, name, above); };
  made.input = price("input_mtok").value_or(config::PricePerMillionTokens{});
  made.output = price("output_mtok").value_or(config::PricePerMillionTokens{});
  made.cache_read = price("cache_read_mtok");
  made.cache_write = price("cache_write_mtok");
  if (!made.cache_write) made.cache_write = price("cache_write_5m_mtok");
  made.cache_write_1h = price("cache_write_1h_mtok");
  take_other(price("input_audio_mtok"), made.input, made.audio_input);
  take_other(price("cache_audio_read_mtok"), made.cache_read.value_or(made.input), made.audio_cache_read);
  take_other(price("input_image_mtok"), made.input, made.image_input);
  take_other(price("output_audio_mtok"), made.output, made.audio_output);
  take_other(price("output_image_mtok"), made.output, made.image_output);
  take_other(price("output_reasoning_mtok"), made.output, made.reasoning);
  // Thousands of them.
  const auto each = [&](const char* name) {
    return config::Money{price_at(prices, name, above).value_or(config::PricePerMillionTokens{}).price.nanos /
                         1000};
  };
  made.request = each("requests_kcount");
  made.search = each("web_searches_kcount");
  return made;
}

// The lengths of prompts beyond which any of the prices changes, the last first.
std::vector<std::int64_t> starts_of(const json::object& prices) {
  std::vector<std::int64_t> starts;
  for (const auto& [name, value] : prices) {
    const json::object* stepped = value.if_object();
    if (!stepped) continue;
    for (const json::value& each : elements_in(*stepped, "tiers")) {
      const json::object* tier = each.if_object();
      const std::int64_t start = tier ? whole_in(*tier, "start") : 0;
      if (start > 0 && std::ranges::find(starts, start) == starts.end()) starts.push_back(start);
    }
  }
  std::ranges::sort(starts, std::greater());
  return starts;
}

void add_genai_rules(const json::object& prices, const config::PriceConditions& when, CatalogueRow& row) {
  for (const std::int64_t start : starts_of(prices)) {
    config::PriceRule rule{when, prices_at(prices, start)};
    rule.when.prompt_above = config::Tokens{start};
    row.rules.push_back(std::move(rule));
  }
  if (when.any()) row.rules.push_back({when, prices_at(prices, 0)});
}

// "00:30:00Z"
std::optional<config::MinuteOfDay> minute_in(const json::object& all, std::string_view name) {
  const std::string text = text_in(all, name);
  int hours = 0, minutes = 0;
  if (text.size() < 5 || std::sscanf(text.c_str(), "%2d:%2d", &hours, &minutes) != 2) return std::nullopt;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return config::MinuteOfDay{60 * hours + minutes};
}

// Nothing where it is a condition that a configuration has no words for.
std::optional<config::PriceConditions> conditions_of(const json::object& constraint) {
  config::PriceConditions when;
  const auto from = minute_in(constraint, "start_time"), to = minute_in(constraint, "end_time");
  if (from && to) when.hours = config::DailyWindow{*from, *to};
  if (const auto day = config::parse_timestamp(text_in(constraint, "start_date") + " 00:00:00")) {
    when.from = std::chrono::floor<std::chrono::seconds>(day->time_since_epoch()).count();
  }
  return when.any() ? std::optional(when) : std::nullopt;
}

// The last whose condition holds counts: an unconditional one, and those behind it, of which ours must come
// first. Whether there are prices at all.
bool take_prices(const json::object& model, CatalogueRow& row) {
  std::vector<std::pair<config::PriceConditions, const json::object*>> conditional;
  const json::object* usual = object_in(model, "prices");
  for (const json::value& each : elements_in(model, "prices")) {
    const json::object* entry = each.if_object();
    const json::object* prices = entry ? object_in(*entry, "prices") : nullptr;
    const json::object* constraint = entry ? object_in(*entry, "constraint") : nullptr;
    if (!prices) continue;
    if (!constraint) {
      usual = prices;
      conditional.clear();
    } else if (const auto when = conditions_of(*constraint)) {
      conditional.emplace_back(*when, prices);
    }
  }
  if (!usual || !price_at(*usual, "input_mtok", 0)) return false;
  row.prices = prices_at(*usual, 0);
  for (auto at = conditional.rbegin(); at != conditional.rend(); ++at)
    add_genai_rules(*at->second, at->first, row);
  add_genai_rules(*usual, {}, row);
  return true;
}

}  // namespace

CatalogueRows rows_of_genai_prices(const json::array& providers) {
  CatalogueRows found;
  for (const json::value& value : providers) {
    const json::object* provider = value.if_object();
    const json::array* models = provider ? array_in(*provider, "models") : nullptr;
    if (!models) continue;
    const std::string id = text_in(*provider, "id");
    const KnownHost* host = known_host(id);
    for (const json::value& described : *models) {
      const json::object* model = described.if_object();
      const std::string host_model = model ? text_in(*model, "id") : std::string();
      CatalogueRow row{.provider = host ? std::string(host->name) : id,
                       .host_model = host_model,
                       .model = common_name(host ? host->name : std::string_view(), host_model),
                       .source = std::string(genai_source),
                       .place = id + "/" + host_model};
      if (!model || !take_prices(*model, row)) {
        ++found.unpriced;
        continue;
      }
      row.display_name = title_in(*model, "name");
      row.context = whole_in(*model, "context_window");
      row.is_deprecated = is_true_in(*model, "deprecated");
      found.rows.push_back(std::move(row));
    }
  }
  return found;
}

}  // namespace gateway

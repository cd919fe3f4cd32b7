#include "gateway/catalogue_import/price_lines.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "config/values/price_coverage.hpp"
#include "config/values/timestamp.hpp"
#include "gateway/catalogue_import/agree.hpp"

namespace gateway {
namespace {

std::string clock(config::MinuteOfDay time) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return "\"" + two(time.minutes / 60) + ":" + two(time.minutes % 60) + "\"";
}

std::string condition_map(const config::PriceConditions& when) {
  std::string text;
  const auto add = [&](const std::string& part) { text.append(text.empty() ? "" : ", ").append(part); };
  if (when.prompt_above) add("prompt_above: " + std::to_string(when.prompt_above->count) + " tok");
  if (when.hours) add("hours: {from: " + clock(when.hours->from) + ", to: " + clock(when.hours->to) + "}");
  if (when.from) add("from: " + config::day_text(std::chrono::sys_seconds(std::chrono::seconds(*when.from))));
  for (std::size_t i = 0; i < config::service_tier_count; ++i) {
    if (when.tiers.test(i)) add("service_tier: " + std::string(config::service_tier_names[i]));
  }
  return "{" + text + "}";
}

}  // namespace

config::Prices priced_for(const CatalogueRow& row, config::Prices prices) {
  if (!row.features.test(static_cast<std::size_t>(config::Feature::images))) prices.image = {};
  return prices;
}

std::string price_map(const config::Prices& prices) {
  std::string text = "{input: " + price_text(prices.input) + ", output: " + price_text(prices.output);
  const auto add = [&](const char* name, const std::optional<config::PricePerMillionTokens>& price) {
    if (price) text.append(", ").append(name).append(": ").append(price_text(*price));
  };
  const auto beside = [&](config::PricePerMillionTokens whole) {
    return config::PricePerMillionTokens{
        {std::max<std::int64_t>(whole.price.nanos - prices.input.price.nanos, 0)}};
  };
  add("cache_read", prices.cache_read);
  if (prices.cache_write && (*prices.cache_write > prices.input || prices.cache_write_1h)) {
    add("cache_write", beside(*prices.cache_write));
    if (prices.cache_write_1h) add("cache_write_1h", beside(*prices.cache_write_1h));
  }
  add("audio_input", prices.audio_input);
  add("audio_cache_read", prices.audio_cache_read);
  add("image_input", prices.image_input);
  add("audio_output", prices.audio_output);
  add("image_output", prices.image_output);
  add("reasoning", prices.reasoning);
  for (const PricedPiece& piece : priced_pieces) {
    const config::Money price = prices.*piece.of;
    if (price.nanos > 0) text.append(", ").append(piece.name).append(": ").append(each_text(price));
  }
  return text + "}";
}

void write_price_rules(const CatalogueRow& row, const std::string& indent, std::string& text) {
  std::vector<config::PriceRule> rules = row.rules;
  const auto idle = config::coverage_of(rules, {row.context}).idle;
  for (auto at = idle.rbegin(); at != idle.rend(); ++at)
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*at));
  if (rules.empty()) return;
  text += indent + "price_rules:\n";
  for (const config::PriceRule& rule : rules) {
    text += indent + "  - when: " + condition_map(rule.when) + "\n" + indent +
            "    price: " + price_map(priced_for(row, rule.prices)) + "\n";
  }
}

}  // namespace gateway

#include "config/values/prices.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/values/timestamp.hpp"

namespace config {
namespace {

constexpr int minutes_of_a_day = 24 * 60;

MinuteOfDay minute_of(WallTime at) {
  const auto since_midnight = at - std::chrono::floor<std::chrono::days>(at);
  return {static_cast<int>(std::chrono::floor<std::chrono::minutes>(since_midnight).count())};
}

std::size_t weekday_of(WallTime at) {
  return std::chrono::weekday(std::chrono::floor<std::chrono::days>(at)).iso_encoding() - 1;
}

std::int64_t seconds_of(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string clock(MinuteOfDay time) {
  const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const int minutes = time.minutes % minutes_of_a_day;
  return two(minutes / 60) + ":" + two(minutes % 60);
}

template <std::size_t count>
std::string listed(const std::bitset<count>& set, const std::array<std::string_view, count>& names) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (set.test(i)) text.append(text.empty() ? "" : "/").append(names[i]);
  }
  return text;
}

std::string listed(const std::vector<GeoWord>& words) {
  std::string text;
  for (const GeoWord& each : words) text.append(text.empty() ? "" : "/").append(each.text());
  return text;
}

// What hosts call them, in their answers and in what they let clients ask for.
constexpr std::array<std::pair<std::string_view, ServiceTier>, 22> words{{
    {"default", ServiceTier::standard},
    {"standard", ServiceTier::standard},
    {"standard_only", ServiceTier::standard},
    {"on_demand", ServiceTier::standard},
    {"ON_DEMAND", ServiceTier::standard},
    {"flex", ServiceTier::flex},
    {"FLEX", ServiceTier::flex},
    {"ON_DEMAND_FLEX", ServiceTier::flex},
    {"priority", ServiceTier::priority},
    {"PRIORITY", ServiceTier::priority},
    {"ON_DEMAND_PRIORITY", ServiceTier::priority},
    {"batch", ServiceTier::batch},
    {"BATCH", ServiceTier::batch},
    {"scale", ServiceTier::scale},
    {"fast", ServiceTier::priority},  // Anthropic's own is told in `speed`
    {"off_peak", ServiceTier::off_peak},
    {"ON_DEMAND_OFFPEAK", ServiceTier::off_peak},
    {"reserved", ServiceTier::reserved},
    {"PROVISIONED_THROUGHPUT", ServiceTier::reserved},
    {"STANDARD", ServiceTier::standard},
    {"SERVICE_TIER_FLEX", ServiceTier::flex},
    {"SERVICE_TIER_PRIORITY", ServiceTier::priority},
}};

}  // namespace

std::optional<ServiceTier> service_tier_of(std::string_view word) {
  const auto found = std::ranges::find(words, word, [](const auto& each) { return each.first; });
  return found == words.end() ? std::nullopt : std::optional(found->second);
}

bool contains(const DailyWindow& window, MinuteOfDay time) {
  const bool after_start = time.minutes >= window.from.minutes;
  const bool before_end = time.minutes < window.to.minutes;
  return window.from.minutes <= window.to.minutes ? after_start && before_end : after_start || before_end;
}

bool PriceConditions::any() const {
  const bool is_of_time = hours || weekdays.any() || from || until;
  return prompt_above || prompt_to || is_of_time || tiers.any() || !geos.empty() || !other_geos.empty();
}

bool holds(const PriceConditions& when, const Occasion& occasion) {
  if (when.prompt_above && occasion.prompt <= *when.prompt_above) return false;
  if (when.prompt_to && occasion.prompt > *when.prompt_to) return false;
  if (when.tiers.any() && !when.tiers.test(static_cast<std::size_t>(occasion.tier))) return false;
  const auto names_it = [&](const std::vector<GeoWord>& words) {
    return std::ranges::find(words, occasion.geo) != words.end();
  };
  if (!when.geos.empty() && !names_it(when.geos)) return false;
  if (names_it(when.other_geos)) return false;
  if (when.hours && !contains(*when.hours, minute_of(occasion.at))) return false;
  if (when.weekdays.any() && !when.weekdays.test(weekday_of(occasion.at))) return false;
  if (when.from && seconds_of(occasion.at) < *when.from) return false;
  return !when.until || seconds_of(occasion.at) < *when.until;
}

std::string to_text(const PriceConditions& when) {
  std::string text;
  const auto add = [&](const std::string& part) { text.append(text.empty() ? "" : ", ").append(part); };
  if (when.prompt_above && when.prompt_to) {
    add("prompts of " + grouped(when.prompt_above->count + 1) + " to " + grouped(when.prompt_to->count) +
        " tokens");
  } else if (when.prompt_above) {
    add("prompts above " + grouped(when.prompt_above->count) + " tokens");
  } else if (when.prompt_to) {
    add("prompts up to " + grouped(when.prompt_to->count) + " tokens");
  }
  if (when.weekdays.any()) add(listed(when.weekdays, weekday_names));
  if (when.hours) add(clock(when.hours->from) + "-" + clock(when.hours->to) + " UTC");
  if (when.from) add("from " + day_text(std::chrono::sys_seconds(std::chrono::seconds(*when.from))));
  if (when.until) add("until " + day_text(std::chrono::sys_seconds(std::chrono::seconds(*when.until))));
  if (when.tiers.any()) add("service tier " + listed(when.tiers, service_tier_names));
  if (!when.geos.empty()) add("inference in " + listed(when.geos));
  if (!when.other_geos.empty()) add("inference not in " + listed(when.other_geos));
  return text;
}

const PriceRule* rule_for(std::span<const PriceRule> rules, const Occasion& occasion) {
  const auto found =
      std::ranges::find_if(rules, [&](const PriceRule& rule) { return holds(rule.when, occasion); });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace config

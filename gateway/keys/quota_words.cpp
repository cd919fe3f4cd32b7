#include "gateway/keys/quota_words.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace gateway {

namespace json = boost::json;
using config::Measure;

namespace {

constexpr double most_dollars = 1e9;

// Dollars as people write them to billionths; counts as they are. Nothing where it is no such number.
std::optional<std::int64_t> amount_of(Measure measure, double value) {
  if (!std::isfinite(value) || value < 0) return std::nullopt;
  if (measure == Measure::dollars) {
    if (value > most_dollars) return std::nullopt;
    return std::llround(value * 1e9);
  }
  if (value != std::floor(value) || value > 1e15) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::string fault_of(Measure measure, std::size_t period) {
  const std::string_view of = config::period_names[period];
  const bool is_total = static_cast<config::Period>(period) == config::Period::total;
  const bool is_hour = static_cast<config::Period>(period) == config::Period::hour;
  return std::string(config::measure_names[static_cast<std::size_t>(measure)]) +
         (is_total  ? " in "
          : is_hour ? " an "
                    : " a ") +
         std::string(of) + " are " +
         (measure == Measure::dollars ? "a number from 0 to 1000000000" : "a whole number from 0 on");
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::optional<std::string> read_windows(const json::value& value, Measure measure, config::PerPeriod& most) {
  const std::string name(config::measure_names[static_cast<std::size_t>(measure)]);
  if (value.is_null()) return most = {}, std::nullopt;
  if (!value.is_object()) return name + " are of a time: a day, as in {\"" + name + "\": {\"day\": 10}}";
  for (const auto& [key, limit] : value.get_object()) {
    const auto period = index_in(config::period_names, std::string_view(key.data(), key.size()));
    if (!period)
      return "`" + std::string(key) + "` is no window; allowed are minute, hour, day, week, month and total";
    if (limit.is_null()) {
      most[*period].reset();
      continue;
    }
    const auto number = number_of(limit);
    const auto amount = number ? amount_of(measure, *number) : std::nullopt;
    if (!amount) return fault_of(measure, *period);
    most[*period] = *amount;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_quota(const json::value& value, config::Quota& quota) {
  if (value.is_null()) return quota = {}, std::nullopt;
  if (!value.is_object()) return "a quota is an object such as {\"dollars\": {\"day\": 10}}";
  for (const auto& [key, part] : value.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (const auto measure = index_in(config::measure_names, name)) {
      const auto which = static_cast<Measure>(*measure);
      if (auto fault = read_windows(part, which, quota.of(which))) return fault;
      continue;
    }
    const auto number = number_of(part);
    const bool is_count =
        part.is_null() || (number && *number >= 1 && *number <= 1e9 && *number == std::floor(*number));
    if (name != "concurrent" && name != "tokens_per_request")
      return "a quota has no `" + std::string(name) +
             "`; allowed are requests, tokens, dollars, concurrent and tokens_per_request";
    if (!is_count) return "`" + std::string(name) + "` is a whole number from 1 on";
    if (name == "concurrent") {
      quota.concurrent = part.is_null() ? std::nullopt : std::optional(static_cast<int>(*number));
    } else {
      quota.tokens_per_request =
          part.is_null() ? std::nullopt : std::optional(config::Tokens{static_cast<std::int64_t>(*number)});
    }
  }
  return std::nullopt;
}

std::optional<std::string> read_limit(std::string_view text, config::Quota& quota) {
  const std::string wrong = "`" + std::string(text.substr(0, 60)) +
                            "` is no limit; write for example dollars/day=10, requests/minute=60, "
                            "tokens/hour=none or concurrent=4";
  const std::size_t equals = text.find('='), slash = text.find('/');
  if (equals == std::string_view::npos) return wrong;
  const std::string_view value = text.substr(equals + 1);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_none = value == "none";
  if (!is_none && (error != std::errc() || end != value.data() + value.size())) return wrong;
  json::object part;
  const json::value limit = is_none ? json::value(nullptr) : json::value(number);
  if (slash < equals) {
    json::object window;
    window[std::string_view(text.substr(slash + 1, equals - slash - 1))] = limit;
    part[std::string_view(text.substr(0, slash))] = window;
  } else {
    part[std::string_view(text.substr(0, equals))] = limit;
  }
  if (const std::string name(text.substr(0, equals)); slash > equals && index_in(config::measure_names, name))
    return "`" + std::string(text.substr(0, 60)) + "` does not say of which time; write " + name +
           "/day=" + std::string(value) + ", or another of minute, hour, week, month and total";
  auto fault = read_quota(part, quota);
  return fault ? std::optional(wrong + " (" + *fault + ")") : std::nullopt;
}

json::object quota_object(const config::Quota& quota) {
  json::object object;
  for (std::size_t m = 0; m < config::measure_count; ++m) {
    json::object windows;
    for (std::size_t p = 0; p < config::period_count; ++p) {
      const auto& most = quota.most[m][p];
      if (!most) continue;
      const bool is_money = static_cast<Measure>(m) == Measure::dollars;
      windows[config::period_names[p]] =
          is_money ? json::value(static_cast<double>(*most) / 1e9) : json::value(*most);
    }
    if (!windows.empty()) object[config::measure_names[m]] = windows;
  }
  if (quota.concurrent) object["concurrent"] = *quota.concurrent;
  if (quota.tokens_per_request) object["tokens_per_request"] = quota.tokens_per_request->count;
  return object;
}

}  // namespace gateway

#include "gateway/pages/account_pages.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <functional>

#include "config/values/timestamp.hpp"
#include "gateway/accounts/calendar.hpp"
#include "gateway/http/query.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Measure;
using config::Period;

double dollars(std::int64_t nanos) {
  return static_cast<double>(nanos) / 1e9;
}

std::string moment(std::int64_t seconds) {
  return config::second_text(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
}

// The budget in dollars that OpenRouter's clients are told of: the widest that there is.
struct Budget {
  std::optional<std::int64_t> limit{};
  std::string_view reset{};  // empty: never
  std::int64_t used = 0;
};

Budget budget_of(const config::Quota& quota, const KeyUsage& usage) {
  const auto& most = quota.of(Measure::dollars);
  const auto at = [&](Period period) { return most[static_cast<std::size_t>(period)]; };
  if (at(Period::total)) return {at(Period::total), {}, usage.total};
  if (at(Period::month)) return {at(Period::month), "monthly", usage.month};
  if (at(Period::week)) return {at(Period::week), "weekly", usage.week};
  if (at(Period::day)) return {at(Period::day), "daily", usage.day};
  return {.limit = {}, .reset = {}, .used = usage.total};
}

void put_usage(json::object& object, const config::Quota& quota, const KeyUsage& usage) {
  const Budget budget = budget_of(quota, usage);
  object["limit"] = budget.limit ? json::value(dollars(*budget.limit)) : json::value(nullptr);
  object["limit_remaining"] =
      budget.limit ? json::value(dollars(std::max<std::int64_t>(*budget.limit - budget.used, 0)))
                   : json::value(nullptr);
  object["limit_reset"] = budget.reset.empty() ? json::value(nullptr) : json::value(budget.reset);
  object["include_byok_in_limit"] = false;
  object["usage"] = dollars(usage.total);
  object["usage_daily"] = dollars(usage.day);
  object["usage_weekly"] = dollars(usage.week);
  object["usage_monthly"] = dollars(usage.month);
  for (const char* each : {"byok_usage", "byok_usage_daily", "byok_usage_weekly", "byok_usage_monthly"})
    object[each] = 0;
}

}  // namespace

KeyUsage usage_of(LedgerStore& file, std::string_view key, config::WallTime now) {
  const Calendar utc(nullptr, now, config::TimePoint{});
  const auto since = [&](Period period) {
    return file.sum_of_key(key, utc.window(period, now).begins).charged;
  };
  return {.day = since(Period::day),
          .week = since(Period::week),
          .month = since(Period::month),
          .total = since(Period::total)};
}

std::string own_key_page(const config::KeySettings* key, const KeyUsage& usage) {
  json::object data;
  data["label"] = key ? json::value(key->name.text) : json::value("no key");
  put_usage(data, key ? key->quota : config::Quota(), usage);
  const bool manages = key && key->role == config::Role::admin;
  data["is_free_tier"] = false;
  data["is_management_key"] = manages;
  data["is_provisioning_key"] = manages;
  data["creator_user_id"] = nullptr;
  for (const char* each : {"effective_budget", "organization_id", "workspace_id"}) data[each] = nullptr;
  data["allowed_data_regions"] = json::array{"global"};
  data["budgets"] = json::array();
  data["free_model_daily_requests"] = {{"limit", 0}, {"remaining", 0}, {"used", 0}};
  data["expires_at"] = key && key->expires ? json::value(moment(*key->expires)) : json::value(nullptr);
  data["rate_limit"] = {
      {"requests", -1}, {"interval", "10s"}, {"note", "the limits of a key are in x-ratelimit-*"}};
  return json_page(json::object{{"data", std::move(data)}});
}

std::string generation_page(const Entry& entry, std::string_view id) {
  json::object data;
  const bool has_answer = entry.deciding < entry.attempts.size();
  const EntryAttempt attempt = has_answer ? entry.attempts[entry.deciding] : EntryAttempt{};
  data["id"] = id;
  data["request_id"] = entry.id;
  data["api_type"] = entry.path.find("embeddings") != std::string::npos ? "embeddings" : "completions";
  data["app_id"] = nullptr;
  data["cache_discount"] = nullptr;
  data["cancelled"] = entry.end == EntryEnd::client_left;
  data["created_at"] = moment(entry.began_ms / 1'000);
  data["data_region"] = "global";
  data["external_user"] = entry.user.empty() ? json::value(nullptr) : json::value(entry.user);
  data["finish_reason"] = entry.end == EntryEnd::answered ? json::value("stop") : json::value(nullptr);
  data["generation_time"] = attempt.milliseconds;
  data["http_referer"] = nullptr;
  data["is_byok"] = false;
  data["latency"] = entry.first_ms;
  data["model"] = attempt.model.empty() ? entry.model : attempt.model;
  data["moderation_latency"] = nullptr;
  data["native_finish_reason"] = nullptr;
  data["native_tokens_cached"] = attempt.cached;
  data["native_tokens_completion"] = attempt.output;
  data["native_tokens_completion_images"] = nullptr;
  data["native_tokens_prompt"] = attempt.prompt;
  data["native_tokens_reasoning"] = attempt.reasoning;
  for (const char* each :
       {"num_fetches", "num_input_audio_prompt", "num_media_completion", "num_media_prompt",
        "num_search_results", "preset_id", "response_cache_source_id", "service_tier", "session_id",
        "upstream_id", "user_agent", "web_search_engine", "workspace_id"})
    data[each] = nullptr;
  data["origin"] = "";
  data["provider_name"] = attempt.provider.empty() ? json::value(nullptr) : json::value(attempt.provider);
  json::array responses;
  for (const EntryAttempt& each : entry.attempts) {
    responses.push_back(
        json::object{{"endpoint_id", each.endpoint},
                     {"is_byok", false},
                     {"latency", each.milliseconds},
                     {"model_permaslug", each.model},
                     {"provider_name", each.provider},
                     {"status", each.failure.empty() ? 200 : 502},
                     {"failure", each.failure.empty() ? json::value(nullptr) : json::value(each.failure)},
                     {"cost", dollars(each.cost)},
                     {"charged", dollars(each.charged)},
                     {"cost_source", cost_source_names[static_cast<std::size_t>(each.source)]}});
  }
  data["provider_responses"] = std::move(responses);
  data["router"] = entry.policy;
  data["streamed"] = entry.streamed;
  data["tokens_completion"] = attempt.output;
  data["tokens_prompt"] = attempt.prompt;
  data["total_cost"] = dollars(entry.cost);
  data["usage"] = dollars(entry.charged);
  data["upstream_inference_cost"] = dollars(entry.cost);
  data["isocost"] = {{"end", entry_end_names[static_cast<std::size_t>(entry.end)]},
                     {"status", entry.status},
                     {"key", entry.key},
                     {"team", entry.team},
                     {"policy", entry.policy},
                     {"tags", json::array(entry.tags.begin(), entry.tags.end())}};
  return json_page(json::object{{"data", std::move(data)}});
}

// `rows` are by day, model and endpoint.
std::string activity_page(const std::vector<LedgerStore::SpendRow>& rows) {
  json::array data;
  for (const LedgerStore::SpendRow& row : rows) {
    const std::string& endpoint = row.of[2];
    data.push_back(json::object{{"date", row.of[0]},
                                {"model", row.of[1]},
                                {"model_permaslug", row.of[1]},
                                {"endpoint_id", endpoint},
                                {"provider_name", endpoint.substr(0, endpoint.find('/'))},
                                {"requests", row.requests},
                                {"prompt_tokens", row.prompt},
                                {"completion_tokens", row.output},
                                {"reasoning_tokens", row.reasoning},
                                {"cached_tokens", row.cached},
                                {"usage", dollars(row.charged)},
                                {"byok_usage_inference", 0}});
  }
  return json_page(json::object{{"data", std::move(data)}});
}

std::string credits_page(const config::Quota& quota, std::int64_t used) {
  const auto& limit = quota.of(Measure::dollars)[static_cast<std::size_t>(Period::total)];
  return json_page(json::object{
      {"data", {{"total_credits", dollars(limit.value_or(used))}, {"total_usage", dollars(used)}}}});
}

json::object provisioned_key(const json::object& key, const KeyUsage& usage) {
  const StoredKey stored = stored_key_of(key);
  json::object object;
  object["hash"] = key.at("hash");
  object["name"] = key.at("name");
  object["label"] = stored.label;
  object["disabled"] = stored.settings.is_disabled;
  put_usage(object, stored.settings.quota, usage);
  object["created_at"] = moment(stored.created);
  object["updated_at"] = moment(stored.updated);
  object["expires_at"] =
      stored.settings.expires ? json::value(moment(*stored.settings.expires)) : json::value(nullptr);
  for (const char* each : {"creator_user_id", "external_user", "last_used_at"}) object[each] = nullptr;
  object["workspace_id"] = "default";
  return object;
}

std::optional<json::object> key_of_openrouter(const json::object& said, std::string& why) {
  json::object key;
  std::string_view period = "total";
  if (const json::value* reset = said.if_contains("limit_reset"); reset && !reset->is_null()) {
    const std::string_view word =
        reset->is_string() ? std::string_view(reset->get_string()) : std::string_view();
    period = word == "daily" ? "day" : word == "weekly" ? "week" : word == "monthly" ? "month" : "";
    if (period.empty())
      return why = "`limit_reset` is one of daily, weekly and monthly, or null", std::nullopt;
  }
  if (said.contains("limit_reset") && !said.contains("limit"))
    return why = "`limit_reset` goes with a `limit`", std::nullopt;
  for (const auto& [name, value] : said) {
    if (name == "limit") {
      json::object windows;
      for (const char* each : {"day", "week", "month", "total"}) windows[each] = nullptr;
      windows[period] = value;
      key["quota"] = {{"dollars", std::move(windows)}};
    } else if (name == "name" || name == "expires_at" || name == "disabled") {
      key[name] = value;
    }
  }
  return key;
}

std::optional<json::array> page_of_keys(const json::array& keys, std::string_view query) {
  constexpr std::size_t most = 100;
  const std::string from = query_value(query, "offset").value_or("0");
  std::size_t offset = 0;
  const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), offset);
  if (error != std::errc() || end != from.data() + from.size()) return std::nullopt;
  const bool has_disabled = query_value(query, "include_disabled").value_or("true") != "false";
  std::vector<const json::value*> meant;
  for (const json::value& each : keys) {
    const json::object& key = each.as_object();
    const auto is = [&](const char* name) {
      const json::value* value = key.if_contains(name);
      return value && value->is_bool() && value->get_bool();
    };
    if (is("stored") && !is("revoked") && (has_disabled || !is("disabled"))) meant.push_back(&each);
  }
  std::ranges::stable_sort(meant, std::greater(), [](const json::value* key) {
    return key->at("created").is_int64() ? key->at("created").get_int64() : 0;
  });
  json::array page;
  for (std::size_t at = offset; at < meant.size() && page.size() < most; ++at) page.push_back(*meant[at]);
  return page;
}

}  // namespace gateway

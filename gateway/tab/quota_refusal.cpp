#include "gateway/tab/quota_refusal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "config/values/timestamp.hpp"

namespace gateway {
namespace {

using config::Measure;

std::string whose(const LimitState& limit) {
  if (limit.scope == Scope::everybody) return "everybody together";
  return "the " + std::string(scope_names[static_cast<std::size_t>(limit.scope)]) + " `" + limit.name + "`";
}

std::string counted(std::int64_t value, std::string_view many) {
  return std::to_string(value) + " " + std::string(value == 1 ? many.substr(0, many.size() - 1) : many);
}

std::string amount(Measure measure, std::int64_t value) {
  if (measure == Measure::dollars) return dollars_text(value);
  return counted(value, config::measure_names[static_cast<std::size_t>(measure)]);
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

ErrorReply others_unknown() {
  ErrorReply error = ledger_unavailable();
  error.message =
      "What other gateways have spent of the same budget cannot be known now, so this request is not let in.";
  return error;
}

std::string window(config::Period period) {
  if (period == config::Period::total) return "in total";
  return (period == config::Period::hour ? "an " : "a ") +
         std::string(config::period_names[static_cast<std::size_t>(period)]);
}

}  // namespace

std::string dollars_text(std::int64_t nanos) {
  const bool is_negative = nanos < 0;
  const std::uint64_t value =
      is_negative ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
  std::string text = std::to_string(value / 1'000'000'000), decimals = std::to_string(value % 1'000'000'000);
  decimals.insert(0, 9 - decimals.size(), '0');
  while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
  return (is_negative ? "-$" : "$") + text + "." + decimals;
}

std::string limit_words(const LimitState& limit) {
  if (!limit.measure)
    return whose(limit) + " may have " + counted(limit.limit, "requests") + " at the same time";
  return whose(limit) + (*limit.measure == Measure::dollars ? " may spend " : " may use ") +
         amount(*limit.measure, limit.limit) + " " +
         (limit.is_of_one_request ? "in one request" : window(limit.period));
}

ErrorReply quota_refusal(const LimitState& limit, const Amounts& needed, Let let) {
  if (limit.is_away) return others_unknown();
  const bool is_money = limit.measure == Measure::dollars, waits = let == Let::wait;
  const bool is_payment = is_money && !waits;
  ErrorReply error =
      plain_error(is_payment ? 402 : 429, is_payment ? "insufficient_quota" : "rate_limit_error",
                  is_payment ? "budget_exceeded" : "quota_exceeded", capitalised(limit_words(limit)));
  if (limit.is_of_one_request) {
    error.message += ", and this one may take " + std::to_string(needed.tokens);
  } else if (limit.measure) {
    const std::int64_t left = std::max<std::int64_t>(limit.limit - limit.used, 0);
    error.message += "; " + amount(*limit.measure, left) + (is_money || left == 1 ? " is left" : " are left");
    if (limit.open > 0) {
      error.message += ", of which requests under way have set aside " +
                       amount(*limit.measure, std::min(limit.open, left));
    }
    if (is_money) error.message += ", and this request may cost " + dollars_text(needed.nanos);
    if (limit.measure == Measure::tokens) {
      error.message += ", and this request may take " + std::to_string(needed.tokens);
    }
  } else {
    error.message += limit.limit == 1 ? ", and has it" : ", and has them";
  }
  error.message += ".";
  if (limit.is_elsewhere) {
    error.message += " Other gateways have it in hand, or what they used is not known yet.";
  } else if (limit.refills != config::WallTime::max()) {
    error.message += " It refills at " +
                     config::second_text(std::chrono::floor<std::chrono::seconds>(limit.refills)) +
                     (limit.is_too_small ? ", to less than that." : ".");
  } else if (limit.is_too_small) {
    error.message += " It never had as much.";
  }
  error.metadata = {{"scope", std::string(scope_names[static_cast<std::size_t>(limit.scope)])},
                    {"limit_of", limit.name}};
  if (waits) {
    error.retry_after = std::chrono::seconds(1);
    error.should_retry = ShouldRetry::yes;
  } else if (limit.refills != config::WallTime::max() && !limit.is_too_small) {
    error.retry_after = limit.refills_in;
    if (is_payment) error.should_retry = ShouldRetry::no;
  } else {
    error.should_retry = ShouldRetry::no;
  }
  return error;
}

namespace {

void add_number(std::string& text, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end.ptr);
}

// As OpenAI writes it: "1m30s".
void add_span(std::string& text, config::Duration time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  if (seconds >= 3'600) add_number(text, seconds / 3'600), text += 'h';
  if (seconds >= 60) add_number(text, seconds / 60 % 60), text += 'm';
  add_number(text, seconds % 60), text += 's';
}

// Every answer of a key with limits has them.
struct LeftNames {
  std::string_view limit, remaining, reset;
};
constexpr LeftNames requests_left{
    "x-ratelimit-limit-requests: ", "x-ratelimit-remaining-requests: ", "x-ratelimit-reset-requests: "};
constexpr LeftNames tokens_left{
    "x-ratelimit-limit-tokens: ", "x-ratelimit-remaining-tokens: ", "x-ratelimit-reset-tokens: "};

void add_left(std::string& fields, const LeftNames& names, const Books::Left& left) {
  constexpr std::size_t usual = 320;  // of both
  if (fields.empty()) fields.reserve(usual);
  add_number(fields.append(names.limit), left.limit);
  add_number(fields.append("\r\n").append(names.remaining), left.remaining);
  if (left.resets_in.count() > 0) add_span(fields.append("\r\n").append(names.reset), left.resets_in);
  fields.append("\r\n");
}

// Names come from the configuration and may have any character.
bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c < 0x7f; });
}

}  // namespace

std::string quota_fields(const Books::Standing& standing) {
  std::string fields;
  if (standing.requests) add_left(fields, requests_left, *standing.requests);
  if (standing.tokens) add_left(fields, tokens_left, *standing.tokens);
  if (standing.nearly_used && is_printable(standing.nearly_used->name)) {
    const LimitState& limit = *standing.nearly_used;
    const double share =
        limit.limit > 0 ? static_cast<double>(limit.used + limit.open) / static_cast<double>(limit.limit) : 1;
    fields += "x-isocost-limit: " + limit_words(limit) + "; " +
              std::to_string(static_cast<int>(share * 100)) + " % of it is used or set aside\r\n";
  }
  return fields;
}

std::string limit_fields(const LimitState& limit) {
  std::string fields;
  const bool is_counted =
      limit.measure == config::Measure::requests || limit.measure == config::Measure::tokens;
  if (is_counted && !limit.is_of_one_request) {
    add_left(fields, *limit.measure == config::Measure::requests ? requests_left : tokens_left,
             {.limit = limit.limit,
              .remaining = std::max<std::int64_t>(limit.limit - limit.used - limit.open, 0),
              .resets_in = limit.refills == config::WallTime::max() ? config::Duration{} : limit.refills_in});
  }
  if (is_printable(limit.name)) fields += "x-isocost-limit: " + limit_words(limit) + "\r\n";
  return fields;
}

ErrorReply ledger_unavailable() {
  ErrorReply error = plain_error(503, "server_error", "ledger_unavailable",
                                 "What this request costs cannot be written down now, so it is not let in.");
  error.retry_after = std::chrono::seconds(1);
  error.should_retry = ShouldRetry::yes;
  return error;
}

}  // namespace gateway

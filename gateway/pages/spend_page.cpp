#include "gateway/pages/spend_page.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <cstdio>

#include "config/values/ascii.hpp"
#include "gateway/http/query.hpp"
#include "gateway/ledger/spend_words.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

double in_dollars(std::int64_t nanos) {
  return static_cast<double>(nanos) / 1e9;
}

// Nine decimals: exact, and no exponent.
std::string exact(std::int64_t nanos) {
  const bool is_negative = nanos < 0;
  const auto value = static_cast<std::uint64_t>(is_negative ? -nanos : nanos);
  std::string decimals = std::to_string(value % 1'000'000'000);
  decimals.insert(0, 9 - decimals.size(), '0');
  return (is_negative ? "-" : "") + std::to_string(value / 1'000'000'000) + "." + decimals;
}

}  // namespace

std::optional<std::int64_t> day_of(std::string_view date) {
  int year = 0;
  unsigned month = 0, day = 0;
  char rest = 0;
  if (std::sscanf(std::string(date).c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) != 3)
    return std::nullopt;
  const std::chrono::year_month_day parts{std::chrono::year(year), std::chrono::month(month),
                                          std::chrono::day(day)};
  if (!parts.ok()) return std::nullopt;
  return std::chrono::sys_days(parts).time_since_epoch().count();
}

std::variant<SpendAsked, std::string> spend_asked(std::string_view query, std::int64_t today) {
  const std::string by = query_value(query, "by").value_or("day");
  const std::vector<std::string_view> words = config::comma_list(by);
  SpendAsked asked{.by = {words.begin(), words.end()}, .from_day = today - 29, .to_day = today};
  const auto read_day = [&](std::string_view name, std::int64_t& day) {
    const auto text = query_value(query, name);
    const auto read = text ? day_of(*text) : std::optional(day);
    if (read) day = *read;
    return read.has_value();
  };
  if (!read_day("from", asked.from_day) || !read_day("to", asked.to_day))
    return "`from` and `to` are days such as 2026-11-28";
  if (asked.from_day > asked.to_day) return "`from` is later than `to`";
  for (std::size_t i = 0; i < spend_names; ++i) {
    const std::vector<std::string> names = query_values(query, spend_words[i]);
    if (!names.empty()) asked.only[std::string(spend_words[i])] = {names.begin(), names.end()};
  }
  std::vector<std::string_view> known{"by", "from", "to", "format"};
  known.insert(known.end(), spend_words.begin(), spend_words.begin() + spend_names);
  const std::string unknown = query_without(query, known);
  if (!unknown.empty()) {
    std::string allowed;
    for (const std::string_view each : known) allowed.append(allowed.empty() ? "" : ", ").append(each);
    return "`" + unknown.substr(0, unknown.find_first_of("=&")) + "` is no parameter; allowed are " + allowed;
  }
  const std::string form = query_value(query, "format").value_or("json");
  if (form != "json" && form != "csv") return "`format` is json or csv, not `" + form + "`";
  if (form == "csv") asked.form = SpendForm::csv;
  return asked;
}

std::string csv_cell(const std::string& text) {
  const bool is_formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  const std::string shown = is_formula ? "'" + text : text;
  if (shown.find_first_of(",\"\r\n") == std::string::npos) return shown;
  std::string quoted = "\"";
  for (const char c : shown) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string spend_page(LedgerStore& file, const SpendAsked& asked) {
  const std::vector<std::string>& by = asked.by;
  const std::vector<LedgerStore::SpendRow> rows = file.spend(by, asked.from_day, asked.to_day, asked.only);
  if (asked.form == SpendForm::csv) {
    std::string text;
    for (const std::string& each : by) text += each + ",";
    text +=
        "requests,prompt_tokens,output_tokens,cached_tokens,reasoning_tokens,cost,charged,judged_requests,"
        "regret\r\n";
    for (const LedgerStore::SpendRow& row : rows) {
      for (const std::string& each : row.of) text += csv_cell(each) + ",";
      for (const std::int64_t count : {row.requests, row.prompt, row.output, row.cached, row.reasoning})
        text += std::to_string(count) + ",";
      text += exact(row.cost) + "," + exact(row.charged) + ",";
      text += row.judged ? std::to_string(*row.judged) + "," + exact(row.regret) + "\r\n" : ",\r\n";
    }
    return text;
  }
  json::array data;
  for (const LedgerStore::SpendRow& row : rows) {
    json::object object;
    for (std::size_t i = 0; i < by.size(); ++i) object[by[i]] = row.of[i];
    object["requests"] = row.requests;
    object["prompt_tokens"] = row.prompt;
    object["output_tokens"] = row.output;
    object["cached_tokens"] = row.cached;
    object["reasoning_tokens"] = row.reasoning;
    object["cost_nanos"] = row.cost;
    object["charged_nanos"] = row.charged;
    object["cost"] = in_dollars(row.cost);
    object["charged"] = in_dollars(row.charged);
    object["judged_requests"] = row.judged ? json::value(*row.judged) : json::value(nullptr);
    object["regret"] = row.judged ? json::value(in_dollars(row.regret)) : json::value(nullptr);
    object["judged_cost"] = row.judged ? json::value(in_dollars(row.judged_cost)) : json::value(nullptr);
    data.push_back(std::move(object));
  }
  return json_page(json::object{{"by", json::array(by.begin(), by.end())}, {"data", std::move(data)}});
}

}  // namespace gateway

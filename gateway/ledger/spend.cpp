// LedgerStore::spend: what was spent, by whom and on what, from the sums of days.
#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/ledger/ledger_store.hpp"

namespace gateway {
namespace {

constexpr std::array<std::string_view, 6> kinds{"team", "key", "user", "tag", "model", "endpoint"};

std::string date_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

bool is_by(const std::vector<std::string>& by, std::string_view word) {
  return std::ranges::find(by, word) != by.end();
}

// Where the sums by these stand.
std::string table_for(const std::vector<std::string>& by) {
  for (const std::string& each : by) {
    const bool is_known = each == "day" || std::ranges::find(kinds, each) != kinds.end();
    if (!is_known)
      throw std::runtime_error("`" + each +
                               "` is nothing to sum by; allowed are team, key, user, tag, model, endpoint "
                               "and day");
  }
  const bool of_hosts = is_by(by, "team") || is_by(by, "model") || is_by(by, "endpoint");
  if (is_by(by, "user") && is_by(by, "tag"))
    throw std::runtime_error("sums are kept by user or by tag, not both");
  for (const std::string_view one : {"user", "tag"}) {
    if (is_by(by, one) && of_hosts)
      throw std::runtime_error("sums by " + std::string(one) + " are kept by key and day alone");
  }
  return is_by(by, "user") ? "daily_user" : is_by(by, "tag") ? "daily_tag" : "daily";
}

}  // namespace

void LedgerStore::add_regrets(const std::vector<Regret>& all) {
  if (all.empty()) return;
  begin();
  try {
    std::map<RegretPlace, RegretCounts> sums;
    for (const Regret& each : all) {
      const RegretPlace place{each.day, name(Whose::team, each.team), name(Whose::key, each.key),
                              name(Whose::model, each.model), name(Whose::endpoint, each.endpoint)};
      RegretCounts& counts = sums[place];
      counts[0] += each.requests, counts[1] += each.regret, counts[2] += each.cost;
    }
    write_regrets(sums);
    commit();
  } catch (...) {
    roll_back();
    throw;
  }
}

void LedgerStore::add_regrets_to(std::vector<SpendRow>& rows, const std::vector<Numbers>& keys,
                                 std::size_t width, const std::string& where, const Numbers& values,
                                 const std::string& columns, const std::string& groups) {
  std::map<Numbers, SpendRow*> at;
  std::size_t row = 0;
  for (const Numbers& each : keys) {
    // Those without anything in them have no row.
    if (row == rows.size()) break;
    at[Numbers(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(width))] = &rows[row++];
  }
  for (SpendRow& each : rows) each.judged = 0;
  const std::string sql =
      "SELECT " + columns + "sum(requests),sum(regret),sum(cost) FROM daily_regret" + where + groups;
  for (const Numbers& each : select(sql, values)) {
    const auto found = at.find(Numbers(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(width)));
    if (found == at.end()) continue;
    found->second->judged = each[width];
    found->second->regret = each[width + 1];
    found->second->judged_cost = each[width + 2];
  }
}

std::vector<LedgerStore::SpendRow> LedgerStore::spend(const std::vector<std::string>& by,
                                                      std::int64_t from_day, std::int64_t to_day,
                                                      std::optional<std::string_view> only_key) {
  const std::string table = table_for(by);
  std::string columns, groups;
  for (std::size_t i = 0; i < by.size(); ++i) {
    columns += "\"" + by[i] + "\",";  // `user` is a word of SQL
    groups += (i == 0 ? " GROUP BY " : ",") + std::to_string(i + 1);
  }
  std::string sql = "SELECT " + columns +
                    "sum(requests),sum(prompt),sum(output),sum(cached),sum(reasoning),sum(cost),sum(charged) "
                    "FROM " +
                    table + " WHERE day>=? AND day<=?";
  Numbers values{from_day, to_day};
  if (only_key) {
    const auto key = known_name(Whose::key, *only_key);
    if (!key) return {};
    sql += " AND key=?";
    values.push_back(*key);
  }
  const std::vector<Numbers> rows = select(sql + groups, values);
  std::set<std::int64_t> names;
  for (const Numbers& each : rows) {
    for (std::size_t i = 0; i < by.size(); ++i) {
      if (by[i] != "day") names.insert(each[i]);
    }
  }
  Texts text = texts(names);
  std::vector<SpendRow> all;
  for (const Numbers& each : rows) {
    SpendRow row;
    for (std::size_t i = 0; i < by.size(); ++i)
      row.of.push_back(by[i] == "day" ? date_of(each[i]) : text[each[i]]);
    std::int64_t* const to[] = {&row.requests,  &row.prompt, &row.output, &row.cached,
                                &row.reasoning, &row.cost,   &row.charged};
    for (std::size_t i = 0; i < 7; ++i) *to[i] = each[by.size() + i];
    if (row.requests != 0 || row.cost != 0 || !by.empty()) all.push_back(std::move(row));
  }
  if (table == "daily")
    add_regrets_to(all, rows, by.size(), sql.substr(sql.find(" WHERE ")), values, columns, groups);
  const bool by_day = is_by(by, "day");
  if (by_day) {
    std::ranges::sort(all, {}, &SpendRow::of);
  } else {
    std::ranges::sort(all, std::ranges::greater(), &SpendRow::cost);
  }
  return all;
}

}  // namespace gateway

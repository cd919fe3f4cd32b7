// LedgerStore::sums: what was used since a moment, from entries, the sums of hours and those of days.
#include <algorithm>

#include "gateway/ledger/ledger_store.hpp"
#include "gateway/ledger/ledger_times.hpp"

namespace gateway {
namespace {

std::string columns_of(Scope scope) {
  return scope == Scope::everybody ? "0, 0"
         : scope == Scope::team    ? "0, team"
         : scope == Scope::key     ? "0, key"
                                   : "key, \"user\"";
}

}  // namespace

void LedgerStore::Counts::add(const Counts& other) {
  requests += other.requests;
  prompt += other.prompt;
  cached += other.cached;
  output += other.output;
  reasoning += other.reasoning;
  cost += other.cost;
  charged += other.charged;
}

void LedgerStore::add(const Entry& entry) {
  std::string bytes;
  write_entry(entry, bytes);
  EntryView view;
  std::string_view detail;
  read_entry(bytes, view, detail);
  add(view, detail);
}

LedgerStore::Named LedgerStore::count(const EntryView& entry, Sums& sums) {
  const Named named{.team = name(Whose::team, entry.team),
                    .key = name(Whose::key, entry.key),
                    .user = name(Whose::user, entry.user)};
  const std::int64_t hour = floor_to(entry.at_ms, hour_ms) / hour_ms;
  const std::int64_t day = floor_to(entry.at_ms, day_ms) / day_ms;
  Counts all{.requests = 1, .cost = entry.cost, .charged = entry.charged};
  for (std::size_t i = 0; i < entry.attempts.size(); ++i) {
    const EntryView::Attempt& each = entry.attempts[i];
    Counts counts{.cost = each.cost, .charged = each.charged};
    if (i == entry.deciding) {
      counts = {.requests = 1,
                .prompt = each.prompt,
                .cached = each.cached,
                .output = each.output,
                .reasoning = each.reasoning,
                .cost = each.cost,
                .charged = each.charged};
      all.prompt = each.prompt;
      all.cached = each.cached;
      all.output = each.output;
      all.reasoning = each.reasoning;
    }
    const Place place{hour, named.team, named.key, name(Whose::model, each.model),
                      name(Whose::endpoint, each.endpoint)};
    sums.hours[place].add(counts);
  }
  if (entry.attempts.empty())
    sums.hours[{hour, named.team, named.key, name(Whose::model, entry.model), 0}].add(all);
  if (named.user != 0) sums.users[{hour, named.key, named.user}].add(all);
  for (const std::string_view tag : entry.tags) sums.tags[{day, named.key, name(Whose::tag, tag)}].add(all);
  return named;
}

std::map<LedgerStore::Place, LedgerStore::Counts> LedgerStore::Sums::days() const {
  std::map<Place, Counts> days;
  for (const auto& [at, counts] : hours) {
    Place day = at;
    day[0] = floor_to(at[0], 24) / 24;
    days[day].add(counts);
  }
  return days;
}

std::map<LedgerStore::UserPlace, LedgerStore::Counts> LedgerStore::Sums::user_days() const {
  std::map<UserPlace, Counts> days;
  for (const auto& [at, counts] : users) {
    UserPlace day = at;
    day[0] = floor_to(at[0], 24) / 24;
    days[day].add(counts);
  }
  return days;
}

// The hour that a window begins in comes from its entries, the rest of that day (of UTC) from the sums of
// hours, and the days behind it from those of days: a month of many keys has millions of hours.
std::vector<LedgerStore::Numbers> LedgerStore::rows_since(const std::string& by, const std::string& condition,
                                                          bool of_users, const Numbers& values,
                                                          config::WallTime since) {
  const std::int64_t from = std::max<std::int64_t>(ms_of(since), 0);
  const std::int64_t hour = floor_to(from + hour_ms - 1, hour_ms), day = floor_to(hour + day_ms - 1, day_ms);
  std::vector<Numbers> rows;
  const auto add = [&](const std::string& tokens, const std::string& table_and_bounds, Numbers bounds) {
    bounds.insert(bounds.end(), values.begin(), values.end());
    const auto more =
        select("SELECT " + by + ", sum(requests), sum(" + tokens + "), sum(charged), sum(cost) FROM " +
                   table_and_bounds + condition + " GROUP BY 1, 2",
               bounds);
    rows.insert(rows.end(), more.begin(), more.end());
  };
  const std::string of = of_users ? "_user" : "";
  if (from < hour) add("tokens", entries_between(from, hour) + " WHERE true", {});
  if (hour < day)
    add("prompt+output", "hourly" + of + " WHERE hour >= ? AND hour < ?", {hour / hour_ms, day / hour_ms});
  add("prompt+output", "daily" + of + " WHERE day >= ?", {day / day_ms});
  return rows;
}

std::vector<LedgerStore::Sum> LedgerStore::sums(Scope scope, config::WallTime since, Writers writers) {
  const std::string condition = writers == Writers::all ? std::string() : of_this_gateway();
  const auto rows = rows_since(columns_of(scope), condition, scope == Scope::user, {}, since);
  std::set<std::int64_t> names;
  for (const Numbers& row : rows) names.insert({row[0], row[1]});
  Texts text = texts(names);
  std::vector<Sum> all;
  for (const Numbers& row : rows) {
    all.push_back({.key = text[row[0]],
                   .name = text[row[1]],
                   .requests = row[2],
                   .tokens = row[3],
                   .charged = row[4],
                   .cost = row[5]});
  }
  return all;
}

LedgerStore::Sum LedgerStore::sum_of_key(std::string_view key, config::WallTime since) {
  Sum sum{.key = {}, .name = std::string(key)};
  const auto id = known_name(Whose::key, key);
  if (!id) return sum;
  for (const Numbers& row : rows_since("0, 0", " AND key=?", false, {*id}, since)) {
    sum.requests += row[2];
    sum.tokens += row[3];
    sum.charged += row[4];
    sum.cost += row[5];
  }
  return sum;
}

std::map<std::string, LedgerStore::Sum> LedgerStore::sums_by_gateway(Scope scope, std::string_view key,
                                                                     std::string_view name,
                                                                     config::WallTime since) {
  std::string condition;
  Numbers values;
  const auto of = [&](Whose kind, std::string_view text, const char* column) {
    condition += std::string(" AND ") + column + "=?";
    values.push_back(known_name(kind, text).value_or(-1));
  };
  if (scope == Scope::team) of(Whose::team, name, "team");
  if (scope == Scope::key) of(Whose::key, name, "key");
  if (scope == Scope::user) of(Whose::key, key, "key"), of(Whose::user, name, "\"user\"");
  const std::string by = has_gateways() ? "0, gateway" : "0, 0";
  const auto rows = rows_since(by, condition, scope == Scope::user, values, since);
  std::set<std::int64_t> names;
  for (const Numbers& row : rows) names.insert(row[1]);
  Texts text = texts(names);
  std::map<std::string, Sum> all;
  for (const Numbers& row : rows) {
    Sum& sum = all[text[row[1]]];
    sum.requests += row[2];
    sum.tokens += row[3];
    sum.charged += row[4];
    sum.cost += row[5];
  }
  return all;
}

}  // namespace gateway

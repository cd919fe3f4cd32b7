// LedgerFile::sums: what was used since a moment, from entries, the sums of hours and those of days.
#include "gateway/ledger/ledger_file.hpp"
#include "gateway/ledger/ledger_times.hpp"

namespace gateway {

std::vector<LedgerFile::Sum> LedgerFile::edge(Scope scope, std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<Sum> sums;
  if (from_ms >= to_ms) return sums;
  const std::string by = scope == Scope::everybody ? "0, 0"
                         : scope == Scope::team    ? "0, team"
                         : scope == Scope::key     ? "0, key"
                                                   : "key, user";
  Statement rows = database_.prepare("SELECT " + by +
                                     ", count(*), sum(tokens), sum(charged), sum(cost) FROM entry "
                                     "WHERE at >= ? AND at < ? GROUP BY 1, 2");
  rows.bind(1, from_ms).bind(2, to_ms);
  while (rows.step() == Statement::Step::row) {
    sums.push_back({.key = text_of(rows.integer(0)),
                    .name = text_of(rows.integer(1)),
                    .requests = rows.integer(2),
                    .tokens = rows.integer(3),
                    .charged = rows.integer(4),
                    .cost = rows.integer(5)});
  }
  return sums;
}

// The hour that a window begins in comes from its entries, the rest from the sums of hours; those that never
// end, from the sums of days.
std::vector<LedgerFile::Sum> LedgerFile::sums(Scope scope, config::WallTime since) {
  const std::int64_t from = ms_of(since);
  const std::int64_t hour = floor_to(from + hour_ms - 1, hour_ms);
  std::vector<Sum> all = edge(scope, from, from <= 0 ? 0 : hour);
  const bool of_users = scope == Scope::user;
  const std::string by = scope == Scope::everybody ? "0, 0"
                         : scope == Scope::team    ? "0, team"
                         : scope == Scope::key     ? "0, key"
                                                   : "key, user";
  const std::string table = std::string(from <= 0 ? "daily" : "hourly") + (of_users ? "_user" : "");
  const std::string column = from <= 0 ? "day" : "hour";
  Statement rows = database_.prepare("SELECT " + by + ", sum(requests), sum(prompt+output), sum(charged), " +
                                     "sum(cost) FROM " + table + " WHERE " + column + " >= ? GROUP BY 1, 2");
  rows.bind(1, from <= 0 ? 0 : hour / hour_ms);
  while (rows.step() == Statement::Step::row) {
    all.push_back({.key = text_of(rows.integer(0)),
                   .name = text_of(rows.integer(1)),
                   .requests = rows.integer(2),
                   .tokens = rows.integer(3),
                   .charged = rows.integer(4),
                   .cost = rows.integer(5)});
  }
  return all;
}

LedgerFile::Sum LedgerFile::sum_of_key(std::string_view key, config::WallTime since) {
  Sum sum{.key = {}, .name = std::string(key)};
  const auto id = known_name(Whose::key, key);
  if (!id) return sum;
  const std::int64_t from = ms_of(since), hour = floor_to(from + hour_ms - 1, hour_ms);
  const auto add = [&](Statement rows) {
    if (rows.step() != Statement::Step::row) return;
    sum.requests += rows.integer(0);
    sum.tokens += rows.integer(1);
    sum.charged += rows.integer(2);
    sum.cost += rows.integer(3);
  };
  if (from <= 0) {
    Statement rows = database_.prepare(
        "SELECT sum(requests), sum(prompt+output), sum(charged), sum(cost) FROM daily WHERE key=?");
    rows.bind(1, *id);
    add(std::move(rows));
    return sum;
  }
  Statement hours = database_.prepare(
      "SELECT sum(requests), sum(prompt+output), sum(charged), sum(cost) FROM hourly WHERE hour>=? AND "
      "key=?");
  hours.bind(1, hour / hour_ms).bind(2, *id);
  add(std::move(hours));
  Statement entries = database_.prepare(
      "SELECT count(*), sum(tokens), sum(charged), sum(cost) FROM entry WHERE at>=? AND at<? AND key=?");
  entries.bind(1, from).bind(2, hour).bind(3, *id);
  add(std::move(entries));
  return sum;
}

}  // namespace gateway

// LedgerStore::spend: what was spent, by whom and on what: from the sums of days or hours where they say it,
// else from single entries.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "gateway/ledger/ledger_store.hpp"
#include "gateway/ledger/ledger_times.hpp"
#include "gateway/ledger/spend_entries.hpp"
#include "gateway/ledger/spend_words.hpp"

namespace gateway {
namespace {

// What a report may read one by one: some seconds to a minute.
constexpr std::int64_t most_entries = 20'000'000;

// Tables of sums, and what they are by.
struct SumTable {
  std::string daily, hourly;  // hourly is empty: there is none
  std::vector<SpendWord> words;
};
const SumTable by_host{
    "daily", "hourly", {SpendWord::team, SpendWord::key, SpendWord::model, SpendWord::endpoint}};
const SumTable by_user{"daily_user", "hourly_user", {SpendWord::key, SpendWord::user}};
const SumTable by_tag{"daily_tag", "", {SpendWord::key, SpendWord::tag}};

std::string column_of(SpendWord word) {
  if (word == SpendWord::hour) return "hour";
  return is_time(word) ? "day" : "\"" + std::string(text_of(word)) + "\"";  // `user` is a word of SQL
}

std::vector<SpendWord> read_by(const std::vector<std::string>& by) {
  std::vector<SpendWord> words;
  for (const std::string& each : by) {
    const SpendWord word = spend_word_of(each);
    if (std::ranges::find(words, word) != words.end())
      throw std::runtime_error("`" + each + "` is there twice");
    words.push_back(word);
  }
  if (std::ranges::count_if(words, is_time) > 1)
    throw std::runtime_error("sums are by one of hour, day, week and month at a time");
  return words;
}

// Null where no sums say it.
const SumTable* table_for(const std::vector<SpendWord>& by, const std::vector<SpendWord>& only) {
  const bool by_hour = std::ranges::find(by, SpendWord::hour) != by.end();
  for (const SumTable* table : {&by_host, &by_user, &by_tag}) {
    const auto has = [&](SpendWord word) {
      return is_time(word) || std::ranges::find(table->words, word) != table->words.end();
    };
    const bool fits = std::ranges::all_of(by, has) && std::ranges::all_of(only, has);
    if (fits && (!by_hour || !table->hourly.empty())) return table;
  }
  return nullptr;
}

// What was to be found of each day, and was not: then the figures would be of a part.
void expect_all(const std::map<std::int64_t, std::int64_t>& promised,
                const std::map<std::int64_t, std::int64_t>& found) {
  std::optional<std::int64_t> last;
  for (const auto& [day, requests] : promised) {
    const auto there = found.find(day);
    if ((there == found.end() ? 0 : there->second) < requests) last = day;
  }
  if (last)
    throw std::runtime_error("this is summed up from single requests or hours, which are kept whole from " +
                             date_of(*last + 1) + " on (`ledger.keep`); begin there");
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

// Rows with the same times are one.
LedgerStore::Found LedgerStore::folded(const std::vector<Numbers>& rows, const std::vector<SpendWord>& by,
                                       std::size_t counts) {
  Found all;
  for (const Numbers& row : rows) {
    Numbers place(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(by.size()));
    for (std::size_t i = 0; i < by.size(); ++i) {
      if (is_time(by[i])) place[i] = time_of(by[i], place[i]);
    }
    Numbers& sum = all[std::move(place)];
    sum.resize(counts);
    for (std::size_t i = 0; i < counts; ++i) sum[i] += row[by.size() + i];
  }
  return all;
}

std::map<std::int64_t, std::int64_t> LedgerStore::requests_by_day(const std::string& table,
                                                                  const Condition& where) {
  std::map<std::int64_t, std::int64_t> days;
  const std::string day = table.starts_with("hourly") ? "hour/24" : "day";
  for (const Numbers& row :
       select("SELECT " + day + ",sum(requests) FROM " + table + where.sql + " GROUP BY 1", where.values))
    days[row[0]] = row[1];
  return days;
}

// One by one, in the order of rows of sums.
std::vector<LedgerStore::Numbers> LedgerStore::spend_of_entries(
    const std::vector<SpendWord>& by, std::int64_t from_day, std::int64_t to_day, const SpendOnly& only,
    const std::map<SpendWord, std::set<std::int64_t>>& numbers, Texts& texts) {
  const auto of = [&](SpendWord word) {
    const auto found = numbers.find(word);
    return found == numbers.end() ? std::set<std::int64_t>() : found->second;
  };
  const std::set<std::int64_t> teams = of(SpendWord::team), keys = of(SpendWord::key),
                               users = of(SpendWord::user);
  Condition where = between("day", from_day, to_day);
  where.add("team", teams);
  where.add("key", keys);
  // Before they are read: meanwhile some come, and the oldest go.
  const std::map<std::int64_t, std::int64_t> promised = requests_by_day("daily", where);
  std::int64_t all = 0;
  for (const auto& [day, requests] : promised) all += requests;
  if (all > most_entries)
    throw std::runtime_error(std::to_string(all) + " requests would have to be read one by one, " +
                             std::to_string(most_entries) +
                             " at most are; name fewer days, a team or a key, or sum by team, key, model, "
                             "endpoint and times alone");
  SpendEntries sums(by, only, users);
  std::map<std::int64_t, std::int64_t> found;
  EntryView entry;
  visit_entries(from_day * day_ms, (to_day + 1) * day_ms, teams, keys, [&](const Single& each) {
    ++found[floor_to(each.at_ms, day_ms) / day_ms];
    if (read_entry_detail(each.detail, entry)) sums.add(each.at_ms, each.team, each.key, each.user, entry);
  });
  expect_all(promised, found);
  std::vector<Numbers> rows = sums.rows();
  // The words of entries get numbers that no name has.
  for (Numbers& row : rows) {
    for (std::size_t i = 0; i < by.size(); ++i) {
      const bool is_named = by[i] == SpendWord::team || by[i] == SpendWord::key || by[i] == SpendWord::user;
      if (is_named || is_time(by[i])) continue;
      const std::string& word = sums.word(row[i]);
      row[i] = -1 - row[i];
      texts.try_emplace(row[i], word);
    }
  }
  return rows;
}

LedgerStore::Condition LedgerStore::between(const std::string& column, std::int64_t from, std::int64_t to) {
  return {.sql = " WHERE " + column + ">=? AND " + column + "<=?", .values = {from, to}};
}

void LedgerStore::Condition::add(const std::string& column, const std::set<std::int64_t>& one_of) {
  if (one_of.empty()) return;
  sql += " AND " + column + " IN (";
  for (const std::int64_t each : one_of) {
    sql += sql.back() == '(' ? "?" : ",?";
    values.push_back(each);
  }
  sql += ")";
}

std::vector<LedgerStore::SpendRow> LedgerStore::spend(const std::vector<std::string>& by_text,
                                                      std::int64_t from_day, std::int64_t to_day,
                                                      const SpendOnly& only) {
  const std::vector<SpendWord> by = read_by(by_text);
  std::vector<SpendWord> only_words;
  std::map<SpendWord, std::set<std::int64_t>> numbers;
  bool is_nobody = false, is_without = false;
  for (const auto& [text, names] : only) {
    const SpendWord word = spend_word_of(text);
    if (is_time(word)) throw std::runtime_error("a time is told by its first and its last day");
    only_words.push_back(word);
    const auto kind = kind_of(word);
    if (!kind || names.empty()) continue;
    std::set<std::int64_t>& known = numbers[word];
    for (const std::string& name : names) {
      if (const auto number = name.empty() ? 0 : known_name(*kind, name)) known.insert(*number);
    }
    if (known.empty()) is_nobody = true;
    // Of what has no user or tag there are no sums.
    if ((word == SpendWord::user || word == SpendWord::tag) && known.contains(0)) is_without = true;
  }
  const SumTable* const table = is_without ? nullptr : table_for(by, only_words);
  if (is_nobody) return {};

  constexpr std::size_t counts = 7;
  const bool by_hour = std::ranges::find(by, SpendWord::hour) != by.end();
  Texts text;
  std::vector<Numbers> rows, regrets;
  const bool has_regret = table == &by_host && !by_hour;
  if (!table) {
    rows = spend_of_entries(by, from_day, to_day, only, numbers, text);
  } else {
    std::string columns, groups;
    for (std::size_t i = 0; i < by.size(); ++i) {
      columns += column_of(by[i]) + ",";
      groups += (i == 0 ? " GROUP BY " : ",") + std::to_string(i + 1);
    }
    Condition days = between("day", from_day, to_day);
    Condition hours = between("hour", from_day * 24, to_day * 24 + 23);
    for (const auto& [word, one_of] : numbers) {
      days.add(column_of(word), one_of);
      hours.add(column_of(word), one_of);
    }
    if (by_hour) {
      const auto promised = requests_by_day(table->daily, days);
      expect_all(promised, requests_by_day(table->hourly, hours));
    }
    const Condition& where = by_hour ? hours : days;
    rows = select("SELECT " + columns +
                      "sum(requests),sum(prompt),sum(output),sum(cached),sum(reasoning),sum(cost),"
                      "sum(charged) FROM " +
                      (by_hour ? table->hourly : table->daily) + where.sql + groups,
                  where.values);
    if (has_regret)
      regrets = select(
          "SELECT " + columns + "sum(requests),sum(regret),sum(cost) FROM daily_regret" + days.sql + groups,
          days.values);
  }

  const Found found = folded(rows, by, counts), judged = folded(regrets, by, 3);
  std::set<std::int64_t> names;
  for (const auto& [place, sum] : found) {
    for (std::size_t i = 0; i < by.size(); ++i) {
      if (!is_time(by[i]) && place[i] >= 0) names.insert(place[i]);
    }
  }
  text.merge(texts(names));
  std::vector<SpendRow> all;
  for (const auto& [place, sum] : found) {
    SpendRow row;
    for (std::size_t i = 0; i < by.size(); ++i)
      row.of.push_back(is_time(by[i]) ? time_text(by[i], place[i]) : text[place[i]]);
    std::int64_t* const to[] = {&row.requests,  &row.prompt, &row.output, &row.cached,
                                &row.reasoning, &row.cost,   &row.charged};
    for (std::size_t i = 0; i < counts; ++i) *to[i] = sum[i];
    if (has_regret) {
      row.judged = 0;
      if (const auto of = judged.find(place); of != judged.end())
        row.judged = of->second[0], row.regret = of->second[1], row.judged_cost = of->second[2];
    }
    if (row.requests != 0 || row.cost != 0 || !by.empty()) all.push_back(std::move(row));
  }
  if (std::ranges::any_of(by, is_time)) {
    std::ranges::stable_sort(all, {}, &SpendRow::of);
  } else {
    std::ranges::stable_sort(all, std::ranges::greater(), &SpendRow::cost);
  }
  return all;
}

}  // namespace gateway

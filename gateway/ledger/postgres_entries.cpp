// PostgresLedger: single entries, as they are found and forgotten.
#include "config/values/counted_words.hpp"
#include "gateway/ledger/id_hash.hpp"
#include "gateway/ledger/ledger_times.hpp"
#include "gateway/ledger/months.hpp"
#include "gateway/ledger/postgres_ledger.hpp"
#include "gateway/postgres/postgres_text.hpp"

namespace gateway {

std::set<std::string, std::less<>> PostgresLedger::known_ids(const std::vector<std::string>& ids) {
  std::vector<std::int64_t> hashes;
  std::set<std::string, std::less<>> known;
  const std::set<std::string, std::less<>> asked(ids.begin(), ids.end());
  for (const std::string& id : ids) {
    hashes.push_back(static_cast<std::int64_t>(hash_of_id(id)));
    if (ids_.contains(id)) known.insert(id);
  }
  const PostgresRows rows =
      database_.run("SELECT detail FROM entry WHERE hash = ANY($1::bigint[])", {array_text(hashes)});
  for (int i = 0; i < rows.count(); ++i) {
    Entry entry;
    if (read_entry_detail(rows.bytes(i, 0), entry) && asked.contains(entry.id)) known.insert(entry.id);
  }
  return known;
}

std::optional<Entry> PostgresLedger::find(std::string_view id, std::optional<std::string_view> key) {
  const PostgresRows rows =
      database_.run("SELECT team, key, \"user\", detail FROM entry WHERE hash=$1 ORDER BY at DESC",
                    {std::to_string(static_cast<std::int64_t>(hash_of_id(id)))});
  for (int i = 0; i < rows.count(); ++i) {
    Entry entry;
    if (!read_entry_detail(rows.bytes(i, 3), entry) || entry.id != id) continue;
    Texts text = texts({rows.integer(i, 0), rows.integer(i, 1), rows.integer(i, 2)});
    entry.team = text[rows.integer(i, 0)];
    entry.key = text[rows.integer(i, 1)];
    entry.user = text[rows.integer(i, 2)];
    if (!key || entry.key == *key) return entry;
  }
  return std::nullopt;
}

std::string PostgresLedger::entries_between(std::int64_t from_ms, std::int64_t to_ms) {
  return "(SELECT team, key, \"user\", gateway, 1 AS requests, tokens, cost, charged FROM entry WHERE at "
         ">= " +
         std::to_string(from_ms) + " AND at < " + std::to_string(to_ms) + ") AS recent";
}

// A part at a time: a month does not fit into memory, and no answer may take longer than the patience.
void PostgresLedger::visit_entries(std::int64_t from_ms, std::int64_t to_ms,
                                   const std::set<std::int64_t>& teams, const std::set<std::int64_t>& keys,
                                   const std::function<void(const Single&)>& visit) {
  std::string where = "at >= " + std::to_string(from_ms) + " AND at < " +
                      std::to_string(to_ms);  // DECLARE takes no parameters
  const auto only = [&where](const char* column, const std::set<std::int64_t>& one_of) {
    if (!one_of.empty())
      where += std::string(" AND ") + column + " = ANY('" + array_text(one_of) + "'::bigint[])";
  };
  only("team", teams);
  only("key", keys);
  database_.run(
      "BEGIN; DECLARE entries_read NO SCROLL CURSOR FOR SELECT at, team, key, \"user\", detail FROM entry "
      "WHERE " +
      where);
  for (bool is_more = true; is_more;) {
    const PostgresRows rows = database_.run("FETCH 10000 FROM entries_read");
    for (int i = 0; i < rows.count(); ++i) {
      const std::string detail = rows.bytes(i, 4);
      visit({.at_ms = rows.integer(i, 0),
             .team = rows.integer(i, 1),
             .key = rows.integer(i, 2),
             .user = rows.integer(i, 3),
             .detail = detail});
    }
    is_more = rows.count() > 0;
  }
  database_.run("COMMIT");
}

int PostgresLedger::forget_user(std::string_view user) {
  const auto id = known_name(Whose::user, user.substr(0, config::longest_user));
  if (!id) return 0;
  const std::string nobody = "(forgotten " + std::to_string(*id) + ")";
  forget_names();
  return static_cast<int>(
      database_.run("UPDATE name SET text=$1 WHERE id=$2", {hex_of_bytes(nobody), std::to_string(*id)})
          .changed());
}

// Whole months go at once. One gateway at a time does so.
bool PostgresLedger::forget_before(std::int64_t at_ms) {
  constexpr std::int64_t at_once = 5'000, longest_past = 12 * 200;
  database_.run("BEGIN");
  const bool is_ours = database_.run("SELECT pg_try_advisory_xact_lock(1769172069)").text(0, 0) == "t";
  bool is_more = false;
  if (is_ours) {
    const PostgresRows tables = database_.run(
        "SELECT substr(relname, 7) FROM pg_class WHERE relnamespace='isocost'::regnamespace AND relkind='r' "
        "AND relname ~ '^entry_[0-9]{4}_[0-9]{2}$'");
    for (int i = 0; i < tables.count(); ++i) {
      const std::int64_t month = month_named(tables.text(i, 0));
      if (month_begin(month + 1) <= at_ms && month > month_of(at_ms) - longest_past) {
        database_.run("DROP TABLE entry_" + month_name(month));
        months_.erase(month);
      }
    }
    is_more = database_
                  .run(
                      "DELETE FROM entry WHERE (tableoid, ctid) IN (SELECT tableoid, ctid FROM entry WHERE "
                      "at < $1 LIMIT " +
                          std::to_string(at_once) + ") AND at < $1",
                      {std::to_string(at_ms)})
                  .changed() == at_once;
    for (const char* table : {"hourly", "hourly_user"}) {
      database_.run("DELETE FROM " + std::string(table) + " WHERE hour < $1",
                    {std::to_string(at_ms / hour_ms)});
    }
  }
  database_.run("COMMIT");
  return is_more;
}

}  // namespace gateway

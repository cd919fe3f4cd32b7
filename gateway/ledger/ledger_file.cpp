#include "gateway/ledger/ledger_file.hpp"

#include <algorithm>

#include "config/values/counted_words.hpp"
#include "gateway/ledger/ledger_times.hpp"

namespace gateway {
namespace {

constexpr std::int64_t application = 0x69736c64;  // "isld"
// 3: packets are compressed, which is all that 2 lacks.
constexpr std::int64_t version = 3;
constexpr std::int64_t oldest_readable = 2;

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS name(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text BLOB NOT NULL,
  UNIQUE(kind, text)) STRICT;
CREATE TABLE IF NOT EXISTS packet(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL, entries BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS packet_to ON packet(to_at);
CREATE TABLE IF NOT EXISTS ids(first INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS hourly(hour INTEGER, team INTEGER, key INTEGER, model INTEGER, endpoint INTEGER,
  requests INTEGER, prompt INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER, cost INTEGER,
  charged INTEGER, PRIMARY KEY(hour, team, key, model, endpoint)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS daily(day INTEGER, team INTEGER, key INTEGER, model INTEGER, endpoint INTEGER,
  requests INTEGER, prompt INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER, cost INTEGER,
  charged INTEGER, PRIMARY KEY(day, team, key, model, endpoint)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hourly_user(hour INTEGER, key INTEGER, user INTEGER, requests INTEGER,
  prompt INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER, cost INTEGER, charged INTEGER,
  PRIMARY KEY(hour, key, user)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS daily_user(day INTEGER, key INTEGER, user INTEGER, requests INTEGER,
  prompt INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER, cost INTEGER, charged INTEGER,
  PRIMARY KEY(day, key, user)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS daily_tag(day INTEGER, key INTEGER, tag INTEGER, requests INTEGER,
  prompt INTEGER, cached INTEGER, output INTEGER, reasoning INTEGER, cost INTEGER, charged INTEGER,
  PRIMARY KEY(day, key, tag)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS daily_regret(day INTEGER, team INTEGER, key INTEGER, model INTEGER,
  endpoint INTEGER, requests INTEGER, regret INTEGER, cost INTEGER,
  PRIMARY KEY(day, team, key, model, endpoint)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal(epoch INTEGER PRIMARY KEY, number INTEGER NOT NULL,
  closed INTEGER NOT NULL) STRICT;
)";

}  // namespace

LedgerFile::LedgerFile(const std::string& path, Mode mode)
    : database_(path, mode == Mode::read ? Database::Mode::read : Database::Mode::write) {
  const std::int64_t kind = database_.number("PRAGMA application_id");
  const std::int64_t found = database_.number("PRAGMA user_version");
  const bool is_empty =
      kind == 0 && found == 0 && database_.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!is_empty && kind != application)
    throw std::runtime_error(path + " is a database of something else, and no ledger");
  if (found > version) {
    throw std::runtime_error(path + " was written by a newer isocost (its version of the ledger is " +
                             std::to_string(found) + ", this one's " + std::to_string(version) +
                             "); start that one, or name another `state` directory");
  }
  database_.run("PRAGMA temp_store=MEMORY");
  if (mode == Mode::read) {
    if (!is_empty && found < oldest_readable) {
      throw std::runtime_error(path + " was written by an older isocost (its version of the ledger is " +
                               std::to_string(found) + ", this one's " + std::to_string(version) +
                               "); it is brought up to date when the gateway is started");
    }
    return;
  }
  database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000");
  database_.run("BEGIN IMMEDIATE");
  database_.run(tables);
  if (found == 1) upgrade();
  database_.run("PRAGMA application_id=" + std::to_string(application) +
                "; PRAGMA user_version=" + std::to_string(version));
  database_.run("COMMIT");
  read_end();
}

Statement& LedgerFile::kept(const std::string& sql) {
  const auto found = kept_.find(sql);
  return found != kept_.end() ? found->second : kept_.emplace(sql, database_.prepare(sql)).first->second;
}

std::optional<std::int64_t> LedgerFile::known_name(Whose kind, std::string_view text) {
  Statement find = database_.prepare("SELECT id FROM name WHERE kind=? AND text=?");
  find.bind(1, static_cast<std::int64_t>(kind)).bind_bytes(2, text);
  if (find.step() != Statement::Step::row) return std::nullopt;
  return find.integer(0);
}

std::int64_t LedgerFile::new_name(Whose kind, std::string_view text) {
  database_.prepare("INSERT INTO name(kind, text) VALUES(?, ?)")
      .bind(1, static_cast<std::int64_t>(kind))
      .bind_bytes(2, text)
      .run();
  return database_.number("SELECT last_insert_rowid()");
}

std::string LedgerFile::text_of(std::int64_t id) {
  if (id == 0) return {};
  Statement find = database_.prepare("SELECT text FROM name WHERE id=?");
  find.bind(1, id);
  return find.step() == Statement::Step::row ? std::string(find.bytes(0)) : std::string();
}

LedgerStore::Texts LedgerFile::texts(const std::set<std::int64_t>& names) {
  Texts all;
  for (const std::int64_t each : names) all[each] = text_of(each);
  return all;
}

std::vector<LedgerStore::Numbers> LedgerFile::select(const std::string& sql, const Numbers& values) {
  Statement rows = database_.prepare(sql);
  for (std::size_t i = 0; i < values.size(); ++i) rows.bind(static_cast<int>(i + 1), values[i]);
  std::vector<Numbers> all;
  while (rows.step() == Statement::Step::row) {
    Numbers row(static_cast<std::size_t>(rows.columns()));
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = rows.integer(static_cast<int>(i));
    all.push_back(std::move(row));
  }
  return all;
}

void LedgerFile::add(const EntryView& entry, std::string_view detail) {
  const Named of = count(entry, sums_);
  pack({.at_ms = entry.at_ms,
        .team = of.team,
        .key = of.key,
        .user = of.user,
        .tokens = entry.tokens(),
        .cost = entry.cost,
        .charged = entry.charged,
        .detail = detail});
  add_id(entry.id);
}

namespace {

// Adds to the row of `keys` in `table`, whose first columns those are.
void upsert(Statement& statement, const std::int64_t* keys, int count, const std::int64_t* values) {
  for (int i = 0; i < count; ++i) statement.bind(i + 1, keys[i]);
  for (int i = 0; i < 7; ++i) statement.bind(count + i + 1, values[i]);
  statement.run();
}

std::string upsert_sql(const std::string& table, const std::string& keys, int count) {
  std::string places = "?";
  for (int i = 1; i < count + 7; ++i) places += ",?";
  std::string sums;
  for (const char* each : {"requests", "prompt", "cached", "output", "reasoning", "cost", "charged"}) {
    sums += (sums.empty() ? "" : ",") + std::string(each) + "=" + each + "+excluded." + each;
  }
  return "INSERT INTO " + table + "(" + keys +
         ",requests,prompt,cached,output,reasoning,cost,charged) VALUES(" + places +
         ") ON CONFLICT DO UPDATE SET " + sums;
}

template <class Counts>
std::array<std::int64_t, 7> values_of(const Counts& counts) {
  return {counts.requests,  counts.prompt, counts.cached, counts.output,
          counts.reasoning, counts.cost,   counts.charged};
}

}  // namespace

void LedgerFile::write_sums() {
  const auto write = [&](const auto& sums, const std::string& table, const std::string& keys) {
    if (sums.empty()) return;
    const int count = static_cast<int>(std::tuple_size_v<std::remove_cvref_t<decltype(sums.begin()->first)>>);
    Statement& statement = kept(upsert_sql(table, keys, count));
    for (const auto& [at, counts] : sums) upsert(statement, at.data(), count, values_of(counts).data());
  };
  write(sums_.hours, "hourly", "hour,team,key,model,endpoint");
  write(sums_.days(), "daily", "day,team,key,model,endpoint");
  write(sums_.users, "hourly_user", "hour,key,user");
  write(sums_.user_days(), "daily_user", "day,key,user");
  write(sums_.tags, "daily_tag", "day,key,tag");
  sums_.clear();
}

void LedgerFile::write_regrets(const std::map<RegretPlace, RegretCounts>& all) {
  Statement& statement = kept(
      "INSERT INTO daily_regret(day,team,key,model,endpoint,requests,regret,cost) VALUES(?,?,?,?,?,?,?,?) "
      "ON CONFLICT DO UPDATE SET requests=requests+excluded.requests,regret=regret+excluded.regret,"
      "cost=cost+excluded.cost");
  for (const auto& [place, counts] : all) {
    int column = 0;
    for (const std::int64_t each : place) statement.bind(++column, each);
    for (const std::int64_t each : counts) statement.bind(++column, each);
    statement.run();
  }
}

void LedgerFile::commit() {
  write_packet();
  write_sums();
  write_ids();
  for (const auto& [epoch, number] : read_to_) {
    kept(
        "INSERT INTO journal(epoch, number, closed) VALUES(?,?,0) "
        "ON CONFLICT DO UPDATE SET number=excluded.number")
        .bind(1, static_cast<std::int64_t>(epoch))
        .bind(2, static_cast<std::int64_t>(number))
        .run();
  }
  read_to_.clear();
  database_.run("COMMIT");
}

void LedgerFile::roll_back() {
  packet_ = {};
  open_packet_ = 0;
  sums_.clear();
  read_to_.clear();
  forget_names();
  database_.run("ROLLBACK");
  read_end();
}

bool LedgerFile::has(std::uint64_t epoch, std::uint64_t number) {
  Statement find = database_.prepare("SELECT number FROM journal WHERE epoch=?");
  find.bind(1, static_cast<std::int64_t>(epoch));
  return find.step() == Statement::Step::row && static_cast<std::uint64_t>(find.integer(0)) >= number;
}

void LedgerFile::note_read(std::uint64_t epoch, std::uint64_t number) {
  read_to_[epoch] = number;
}

bool LedgerFile::is_closed(std::uint64_t epoch) {
  Statement find = database_.prepare("SELECT closed FROM journal WHERE epoch=?");
  find.bind(1, static_cast<std::int64_t>(epoch));
  return find.step() == Statement::Step::row && find.integer(0) != 0;
}

void LedgerFile::close_journal(std::uint64_t epoch) {
  database_
      .prepare("INSERT INTO journal(epoch, number, closed) VALUES(?,0,1) ON CONFLICT DO UPDATE SET closed=1")
      .bind(1, static_cast<std::int64_t>(epoch))
      .run();
}

bool LedgerFile::forget_before(std::int64_t at_ms) {
  constexpr std::int64_t at_once = 100;
  database_
      .prepare(
          "DELETE FROM packet WHERE first IN (SELECT first FROM packet WHERE to_at < ? ORDER BY to_at LIMIT "
          "?)")
      .bind(1, at_ms)
      .bind(2, at_once)
      .run();
  const bool is_more = database_.number("SELECT changes()") == at_once;
  for (const char* table : {"hourly", "hourly_user"}) {
    database_.prepare("DELETE FROM " + std::string(table) + " WHERE hour < ?").bind(1, at_ms / hour_ms).run();
  }
  // The last block stays: it says where numbers go on.
  database_.run(
      "DELETE FROM ids WHERE first + length(hashes) / 8 <= coalesce((SELECT min(first) FROM packet), "
      "(SELECT max(first) FROM ids)) AND first < (SELECT max(first) FROM ids)");
  return is_more;
}

int LedgerFile::forget_user(std::string_view user) {
  const auto id = known_name(Whose::user, user.substr(0, config::longest_user));
  if (!id) return 0;
  const std::string nobody = "(forgotten " + std::to_string(*id) + ")";
  // Its bytes, too: in pages that have room again, and in the log before them.
  database_.run("PRAGMA secure_delete=ON");
  database_.prepare("UPDATE name SET text=? WHERE id=?").bind_bytes(1, nobody).bind(2, *id).run();
  database_.run("PRAGMA secure_delete=OFF; PRAGMA wal_checkpoint(TRUNCATE)");
  forget_names();
  return 1;
}

}  // namespace gateway

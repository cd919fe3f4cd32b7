#include "gateway/ledger/ledger_file.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace gateway {
namespace {

constexpr std::int64_t application = 0x69736c64;  // "isld"
constexpr std::int64_t version = 1;
constexpr std::int64_t hour_ms = 3'600'000, day_ms = 24 * hour_ms;

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS name(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text BLOB NOT NULL,
  UNIQUE(kind, text)) STRICT;
CREATE TABLE IF NOT EXISTS entry(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  team INTEGER NOT NULL, key INTEGER NOT NULL, user INTEGER NOT NULL, tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL, charged INTEGER NOT NULL, detail BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS entry_at ON entry(at);
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
CREATE TABLE IF NOT EXISTS journal(epoch INTEGER PRIMARY KEY, number INTEGER NOT NULL,
  closed INTEGER NOT NULL) STRICT;
)";

constexpr std::size_t hash_bytes = 8, most_in_block = 512 * hash_bytes;

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t ms_of(config::WallTime at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

void LedgerFile::Counts::add(const Counts& other) {
  requests += other.requests;
  prompt += other.prompt;
  cached += other.cached;
  output += other.output;
  reasoning += other.reasoning;
  cost += other.cost;
  charged += other.charged;
}

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
  if (mode == Mode::read) return;
  database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000");
  database_.run("BEGIN IMMEDIATE");
  database_.run(tables);
  database_.run("PRAGMA application_id=" + std::to_string(application) +
                "; PRAGMA user_version=" + std::to_string(version));
  database_.run("COMMIT");
  read_end();
}

Statement& LedgerFile::kept(const std::string& sql) {
  const auto found = kept_.find(sql);
  return found != kept_.end() ? found->second : kept_.emplace(sql, database_.prepare(sql)).first->second;
}

void LedgerFile::read_end() {
  ids_ = {};
  has_new_ids_ = false;
  next_ = database_.number("SELECT max(seq) FROM entry") + 1;
  Statement last = database_.prepare("SELECT first, hashes FROM ids ORDER BY first DESC LIMIT 1");
  if (last.step() != Statement::Step::row) return;
  IdBlock block{.first = last.integer(0), .hashes = std::string(last.bytes(1))};
  // All of its entries may have been forgotten; their numbers are not given again.
  next_ = std::max(next_, block.first + static_cast<std::int64_t>(block.hashes.size() / hash_bytes));
  const bool goes_on = block.first + static_cast<std::int64_t>(block.hashes.size() / hash_bytes) == next_;
  if (goes_on) ids_ = std::move(block);
}

void LedgerFile::write_ids() {
  if (!has_new_ids_) return;
  kept("INSERT OR REPLACE INTO ids(first, hashes) VALUES(?, ?)")
      .bind(1, ids_.first)
      .bind_bytes(2, ids_.hashes)
      .run();
  has_new_ids_ = false;
}

std::optional<std::int64_t> LedgerFile::known_name(Whose kind, std::string_view text) {
  Statement find = database_.prepare("SELECT id FROM name WHERE kind=? AND text=?");
  find.bind(1, static_cast<std::int64_t>(kind)).bind_bytes(2, text);
  if (find.step() != Statement::Step::row) return std::nullopt;
  return find.integer(0);
}

std::int64_t LedgerFile::name(Whose kind, std::string_view text) {
  if (text.empty()) return 0;
  constexpr std::size_t most_kept = 200'000;
  std::string known(1, static_cast<char>('0' + static_cast<int>(kind)));
  known += text;
  const auto found = names_.find(known);
  if (found != names_.end()) return found->second;
  std::optional<std::int64_t> id = known_name(kind, text);
  if (!id) {
    database_.prepare("INSERT INTO name(kind, text) VALUES(?, ?)")
        .bind(1, static_cast<std::int64_t>(kind))
        .bind_bytes(2, text)
        .run();
    id = database_.number("SELECT last_insert_rowid()");
  }
  if (names_.size() >= most_kept) names_.clear();
  names_.emplace(std::move(known), *id);
  return *id;
}

std::string LedgerFile::text_of(std::int64_t id) {
  if (id == 0) return {};
  Statement find = database_.prepare("SELECT text FROM name WHERE id=?");
  find.bind(1, id);
  return find.step() == Statement::Step::row ? std::string(find.bytes(0)) : std::string();
}

void LedgerFile::add(const Entry& entry) {
  const std::int64_t team = name(Whose::team, entry.team), key = name(Whose::key, entry.key);
  const std::int64_t user = name(Whose::user, entry.user);
  const std::string detail = entry_detail(entry);
  static const std::string insert =
      "INSERT INTO entry(seq, at, team, key, user, tokens, cost, charged, detail) VALUES(?,?,?,?,?,?,?,?,?)";
  kept(insert).bind(1, next_).bind(2, entry.at_ms).bind(3, team).bind(4, key).bind(5, user);
  kept(insert).bind(6, entry.tokens()).bind(7, entry.cost).bind(8, entry.charged).bind_bytes(9, detail);
  kept(insert).run();
  if (ids_.hashes.size() >= most_in_block) write_ids(), ids_ = {};
  if (ids_.hashes.empty()) ids_.first = next_;
  const std::uint64_t hash = hash_of(entry.id);
  ids_.hashes.append(reinterpret_cast<const char*>(&hash), hash_bytes);
  has_new_ids_ = true;
  ++next_;

  const std::int64_t hour = floor_to(entry.at_ms, hour_ms) / hour_ms;
  const std::int64_t day = floor_to(entry.at_ms, day_ms) / day_ms;
  Counts all{.requests = 1, .cost = entry.cost, .charged = entry.charged};
  for (std::size_t i = 0; i < entry.attempts.size(); ++i) {
    const EntryAttempt& each = entry.attempts[i];
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
    hours_[{hour, team, key, name(Whose::model, each.model), name(Whose::endpoint, each.endpoint)}].add(
        counts);
  }
  if (entry.attempts.empty()) hours_[{hour, team, key, name(Whose::model, entry.model), 0}].add(all);
  if (user != 0) users_[{hour, key, user}].add(all);
  for (const std::string& tag : entry.tags) tags_[{day, key, name(Whose::tag, tag)}].add(all);
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
  std::map<Place, Counts> days;
  for (const auto& [at, counts] : hours_) {
    Place day = at;
    day[0] = floor_to(at[0], 24) / 24;
    days[day].add(counts);
  }
  std::map<std::array<std::int64_t, 3>, Counts> user_days;
  for (const auto& [at, counts] : users_) {
    auto day = at;
    day[0] = floor_to(at[0], 24) / 24;
    user_days[day].add(counts);
  }
  write(hours_, "hourly", "hour,team,key,model,endpoint");
  write(days, "daily", "day,team,key,model,endpoint");
  write(users_, "hourly_user", "hour,key,user");
  write(user_days, "daily_user", "day,key,user");
  write(tags_, "daily_tag", "day,key,tag");
  hours_.clear();
  users_.clear();
  tags_.clear();
}

void LedgerFile::commit() {
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
  hours_.clear();
  users_.clear();
  tags_.clear();
  read_to_.clear();
  names_.clear();
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
  constexpr std::int64_t at_once = 5'000;
  database_.prepare("DELETE FROM entry WHERE seq IN (SELECT seq FROM entry WHERE at < ? ORDER BY at LIMIT ?)")
      .bind(1, at_ms)
      .bind(2, at_once)
      .run();
  const bool is_more = database_.number("SELECT changes()") == at_once;
  for (const char* table : {"hourly", "hourly_user"}) {
    database_.prepare("DELETE FROM " + std::string(table) + " WHERE hour < ?").bind(1, at_ms / hour_ms).run();
  }
  // The last block stays: it says where numbers go on.
  database_.run(
      "DELETE FROM ids WHERE first + length(hashes) / 8 <= coalesce((SELECT min(seq) FROM entry), "
      "(SELECT max(first) FROM ids)) AND first < (SELECT max(first) FROM ids)");
  return is_more;
}

std::optional<Entry> LedgerFile::find(std::string_view id, std::optional<std::string_view> key) {
  std::optional<Entry> found;
  with_hashes({hash_of(id)}, [&](std::int64_t seq) {
    std::optional<Entry> entry = entry_at(seq);
    if (!entry || entry->id != id || (key && entry->key != *key)) return true;
    found = std::move(entry);
    return false;
  });
  return found;
}

std::set<std::string, std::less<>> LedgerFile::known_ids(const std::vector<std::string>& ids) {
  write_ids();
  std::set<std::uint64_t> hashes;
  for (const std::string& id : ids) hashes.insert(hash_of(id));
  const std::set<std::string, std::less<>> asked(ids.begin(), ids.end());
  std::set<std::string, std::less<>> known;
  with_hashes(hashes, [&](std::int64_t seq) {
    const std::optional<Entry> entry = entry_at(seq);
    if (entry && asked.contains(entry->id)) known.insert(entry->id);
    return true;
  });
  return known;
}

void LedgerFile::with_hashes(const std::set<std::uint64_t>& hashes,
                             const std::function<bool(std::int64_t)>& visit) {
  if (hashes.empty()) return;
  const std::uint64_t only = *hashes.begin();
  const bool is_one = hashes.size() == 1;
  Statement blocks = database_.prepare("SELECT first, hashes FROM ids ORDER BY first DESC");
  while (blocks.step() == Statement::Step::row) {
    const std::int64_t first = blocks.integer(0);
    const std::string_view all = blocks.bytes(1);
    for (std::size_t i = 0; i + hash_bytes <= all.size(); i += hash_bytes) {
      std::uint64_t hash = 0;
      std::memcpy(&hash, all.data() + i, hash_bytes);
      if (is_one ? hash != only : !hashes.contains(hash)) continue;
      if (!visit(first + static_cast<std::int64_t>(i / hash_bytes))) return;
    }
  }
}

std::optional<Entry> LedgerFile::entry_at(std::int64_t seq) {
  Statement find = database_.prepare("SELECT team, key, user, detail FROM entry WHERE seq=?");
  find.bind(1, seq);
  if (find.step() != Statement::Step::row) return std::nullopt;
  Entry entry;
  if (!read_entry_detail(find.bytes(3), entry)) return std::nullopt;
  entry.team = text_of(find.integer(0));
  entry.key = text_of(find.integer(1));
  entry.user = text_of(find.integer(2));
  return entry;
}

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

int LedgerFile::forget_user(std::string_view user) {
  const auto id = known_name(Whose::user, user);
  if (!id) return 0;
  const std::string nobody = "(forgotten " + std::to_string(*id) + ")";
  database_.prepare("UPDATE name SET text=? WHERE id=?").bind_bytes(1, nobody).bind(2, *id).run();
  names_.clear();
  return 1;
}

}  // namespace gateway

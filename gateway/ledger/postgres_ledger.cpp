#include "gateway/ledger/postgres_ledger.hpp"

#include "gateway/ledger/id_hash.hpp"
#include "gateway/ledger/months.hpp"
#include "gateway/postgres/migrations.hpp"
#include "gateway/postgres/postgres_text.hpp"

namespace gateway {
namespace {

std::string number_text(std::uint64_t value) {
  return std::to_string(static_cast<std::int64_t>(value));
}

std::string kind_text(Whose kind) {
  return std::to_string(static_cast<int>(kind));
}

constexpr const char* counted = "requests,prompt,cached,output,reasoning,cost,charged";

}  // namespace

PostgresLedger::PostgresLedger(const PostgresAddress& address, const std::string& gateway, Mode mode,
                               std::chrono::milliseconds patience)
    : database_(address, patience) {
  if (mode == Mode::write) migrate(database_);
  gateway_ =
      mode == Mode::write ? name(Whose::gateway, gateway) : known_name(Whose::gateway, gateway).value_or(-1);
}

std::optional<std::int64_t> PostgresLedger::known_name(Whose kind, std::string_view text) {
  const PostgresRows rows =
      database_.run("SELECT id FROM name WHERE kind=$1 AND text=$2", {kind_text(kind), hex_of_bytes(text)});
  if (rows.count() == 0) return std::nullopt;
  return rows.integer(0, 0);
}

// Another gateway may have forgotten a user meanwhile.
void PostgresLedger::begin() {
  const auto now = std::chrono::steady_clock::now();
  if (now < names_until_) return;
  forget_names();
  names_until_ = now + std::chrono::minutes(1);
}

// Outside of any transaction: a name does no harm where nothing is called by it.
std::int64_t PostgresLedger::new_name(Whose kind, std::string_view text) {
  const PostgresRows made =
      database_.run("INSERT INTO name(kind, text) VALUES($1, $2) ON CONFLICT DO NOTHING RETURNING id",
                    {kind_text(kind), hex_of_bytes(text)});
  if (made.count() > 0) return made.integer(0, 0);
  const auto id = known_name(kind, text);  // another gateway was faster
  if (!id) throw PostgresFault(PostgresFault::Kind::other, "a name that was just written is not there");
  return *id;
}

LedgerStore::Texts PostgresLedger::texts(const std::set<std::int64_t>& names) {
  Texts all;
  const PostgresRows rows =
      database_.run("SELECT id, text FROM name WHERE id = ANY($1::bigint[])", {array_text(names)});
  for (int i = 0; i < rows.count(); ++i) all[rows.integer(i, 0)] = rows.bytes(i, 1);
  return all;
}

std::vector<LedgerStore::Numbers> PostgresLedger::select(const std::string& sql, const Numbers& values) {
  std::string numbered;
  int place = 0;
  for (const char c : sql) {
    numbered += c == '?' ? "$" + std::to_string(++place) + "::bigint" : std::string(1, c);
  }
  std::vector<std::string> parameters;
  for (const std::int64_t each : values) parameters.push_back(std::to_string(each));
  const PostgresRows rows = database_.run(numbered, parameters);
  std::vector<Numbers> all;
  for (int i = 0; i < rows.count(); ++i) {
    Numbers row(static_cast<std::size_t>(rows.columns()));
    for (std::size_t column = 0; column < row.size(); ++column)
      row[column] = rows.integer(i, static_cast<int>(column));
    all.push_back(std::move(row));
  }
  return all;
}

void PostgresLedger::add(const EntryView& entry, std::string_view detail) {
  const Named of = count(entry, sums_);
  for (const std::int64_t each : {entry.at_ms, gateway_, of.team, of.key, of.user, entry.tokens(), entry.cost,
                                  entry.charged, static_cast<std::int64_t>(hash_of_id(entry.id))})
    rows_.append(std::to_string(each)).append("\t");
  rows_.append("\\").append(hex_of_bytes(detail)).append("\n");
  ids_.emplace(entry.id);
  needed_months_.insert(month_of(entry.at_ms));
}

std::int64_t PostgresLedger::position(std::uint64_t epoch) {
  const auto known = positions_.find(epoch);
  if (known != positions_.end()) return known->second;
  const PostgresRows rows = database_.run("SELECT number FROM journal WHERE epoch=$1", {number_text(epoch)});
  return positions_[epoch] = rows.count() > 0 ? rows.integer(0, 0) : -1;
}

bool PostgresLedger::has(std::uint64_t epoch, std::uint64_t number) {
  return position(epoch) >= static_cast<std::int64_t>(number);
}

void PostgresLedger::note_read(std::uint64_t epoch, std::uint64_t number) {
  position(epoch);
  read_to_[epoch] = number;
}

bool PostgresLedger::is_closed(std::uint64_t epoch) {
  const PostgresRows rows = database_.run("SELECT closed FROM journal WHERE epoch=$1", {number_text(epoch)});
  return rows.count() > 0 && rows.text(0, 0) == "t";
}

void PostgresLedger::close_journal(std::uint64_t epoch) {
  position(epoch);
  closing_.insert(epoch);
}

void PostgresLedger::make_partitions() {
  for (const std::int64_t month : needed_months_) {
    if (months_.contains(month)) continue;
    const auto create = "CREATE TABLE IF NOT EXISTS entry_" + month_name(month) +
                        " PARTITION OF entry FOR VALUES FROM (" + std::to_string(month_begin(month)) +
                        ") TO (" + std::to_string(month_begin(month + 1)) + ")";
    const bool is_there =
        !database_.run("SELECT to_regclass('isocost.entry_" + month_name(month) + "')").is_null(0, 0);
    if (!is_there) {
      // Two at once would both find that it is not there.
      database_.run("BEGIN; SELECT pg_advisory_xact_lock(1769172068); " + create + "; COMMIT");
    }
    months_.insert(month);
  }
}

// Moves them on from where this object knew them. A transaction whose answer was lost may still come to its
// end: its lock is waited for, and where it did what this one is about to do, this one is not done.
void PostgresLedger::advance_journals() {
  for (const std::uint64_t epoch : closing_) read_to_.try_emplace(epoch, 0);
  for (const auto& [epoch, number] : read_to_) {
    const std::int64_t before = position(epoch);
    const std::int64_t after = std::max(before, static_cast<std::int64_t>(number));
    const std::string is_closed = closing_.contains(epoch) ? "t" : "f";
    const std::string text = std::to_string(after);
    const PostgresRows done =
        before < 0
            ? database_.run("INSERT INTO journal(epoch, number, closed, gateway) VALUES($1,$2,$3,$4)",
                            {number_text(epoch), text, is_closed, std::to_string(gateway_)})
            : database_.run(
                  "UPDATE journal SET number=$2, closed=$3 WHERE epoch=$1 AND number=$4 AND NOT closed",
                  {number_text(epoch), text, is_closed, std::to_string(before)});
    if (done.changed() != 1)
      throw PostgresFault(PostgresFault::Kind::duplicate, "what a journal holds was entered already");
    positions_[epoch] = after;
  }
}

template <class Table>
void PostgresLedger::write_sums(const Table& sums, const std::string& table, const std::string& keys) {
  if (sums.empty()) return;
  constexpr std::size_t width = std::tuple_size_v<typename Table::key_type> + 7;
  std::array<Numbers, width> columns;
  for (const auto& [at, counts] : sums) {
    std::size_t column = 0;
    for (const std::int64_t each : at) columns[column++].push_back(each);
    for (const std::int64_t each : {counts.requests, counts.prompt, counts.cached, counts.output,
                                    counts.reasoning, counts.cost, counts.charged})
      columns[column++].push_back(each);
  }
  std::vector<std::string> parameters;
  std::string places;
  for (const Numbers& each : columns) {
    parameters.push_back(array_text(each));
    places += (places.empty() ? "$" : ",$") + std::to_string(parameters.size()) + "::bigint[]";
  }
  std::string added;
  for (const char* each : {"requests", "prompt", "cached", "output", "reasoning", "cost", "charged"})
    added += (added.empty() ? "" : ",") + std::string(each) + "=" + table + "." + each + "+excluded." + each;
  const std::string unique = keys.substr(0, keys.find(',')) + ",gateway" + keys.substr(keys.find(','));
  database_.run("INSERT INTO " + table + "(gateway," + keys + "," + counted + ") SELECT " +
                    std::to_string(gateway_) + ", * FROM unnest(" + places + ") ON CONFLICT(" + unique +
                    ") DO UPDATE SET " + added,
                parameters);
}

// One statement, and so a transaction of its own.
void PostgresLedger::write_regrets(const std::map<RegretPlace, RegretCounts>& all) {
  std::array<Numbers, 8> columns;
  for (const auto& [place, counts] : all) {
    std::size_t column = 0;
    for (const std::int64_t each : place) columns[column++].push_back(each);
    for (const std::int64_t each : counts) columns[column++].push_back(each);
  }
  std::vector<std::string> parameters;
  std::string places;
  for (const Numbers& each : columns) {
    parameters.push_back(array_text(each));
    places += (places.empty() ? "$" : ",$") + std::to_string(parameters.size()) + "::bigint[]";
  }
  database_.run("INSERT INTO daily_regret(gateway,day,team,key,model,endpoint,requests,regret,cost) SELECT " +
                    std::to_string(gateway_) + ", * FROM unnest(" + places +
                    ") ON CONFLICT(day,gateway,team,key,model,endpoint) DO UPDATE SET "
                    "requests=daily_regret.requests+excluded.requests,"
                    "regret=daily_regret.regret+excluded.regret,cost=daily_regret.cost+excluded.cost",
                parameters);
}

void PostgresLedger::commit() {
  if (rows_.empty() && read_to_.empty() && closing_.empty()) return;
  make_partitions();
  database_.run("BEGIN");
  advance_journals();
  if (!rows_.empty()) {
    database_.copy(
        "COPY entry(at, gateway, team, key, \"user\", tokens, cost, charged, hash, detail) FROM STDIN",
        rows_);
  }
  write_sums(sums_.hours, "hourly", "hour,team,key,model,endpoint");
  write_sums(sums_.days(), "daily", "day,team,key,model,endpoint");
  write_sums(sums_.users, "hourly_user", "hour,key,\"user\"");
  write_sums(sums_.user_days(), "daily_user", "day,key,\"user\"");
  write_sums(sums_.tags, "daily_tag", "day,key,tag");
  database_.run("COMMIT");
  roll_back();
}

void PostgresLedger::roll_back() {
  sums_.clear();
  rows_.clear();
  ids_.clear();
  needed_months_.clear();
  read_to_.clear();
  closing_.clear();
}

}  // namespace gateway

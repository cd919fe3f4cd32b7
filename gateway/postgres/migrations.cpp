#include "gateway/postgres/migrations.hpp"

#include <array>

namespace gateway {
namespace {

// "isld"
constexpr const char* only_one = "SELECT pg_advisory_xact_lock(1769172068)";

// In order; one that was given out is never changed.
constexpr std::array<const char*, 3> steps{R"(
CREATE TABLE name(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind int NOT NULL, text bytea NOT NULL,
  UNIQUE(kind, text));
CREATE TABLE entry(at bigint NOT NULL, gateway bigint NOT NULL, team bigint NOT NULL, key bigint NOT NULL,
  "user" bigint NOT NULL, tokens bigint NOT NULL, cost bigint NOT NULL, charged bigint NOT NULL,
  hash bigint NOT NULL, detail bytea NOT NULL) PARTITION BY RANGE(at);
CREATE INDEX entry_hash ON entry(hash);
CREATE INDEX entry_at ON entry USING brin(at);
CREATE TABLE hourly(hour bigint, gateway bigint, team bigint, key bigint, model bigint, endpoint bigint,
  requests bigint NOT NULL, prompt bigint NOT NULL, cached bigint NOT NULL, output bigint NOT NULL,
  reasoning bigint NOT NULL, cost bigint NOT NULL, charged bigint NOT NULL,
  PRIMARY KEY(hour, gateway, team, key, model, endpoint));
CREATE TABLE daily(day bigint, gateway bigint, team bigint, key bigint, model bigint, endpoint bigint,
  requests bigint NOT NULL, prompt bigint NOT NULL, cached bigint NOT NULL, output bigint NOT NULL,
  reasoning bigint NOT NULL, cost bigint NOT NULL, charged bigint NOT NULL,
  PRIMARY KEY(day, gateway, team, key, model, endpoint));
CREATE INDEX daily_key ON daily(key);
CREATE TABLE hourly_user(hour bigint, gateway bigint, key bigint, "user" bigint, requests bigint NOT NULL,
  prompt bigint NOT NULL, cached bigint NOT NULL, output bigint NOT NULL, reasoning bigint NOT NULL,
  cost bigint NOT NULL, charged bigint NOT NULL, PRIMARY KEY(hour, gateway, key, "user"));
CREATE TABLE daily_user(day bigint, gateway bigint, key bigint, "user" bigint, requests bigint NOT NULL,
  prompt bigint NOT NULL, cached bigint NOT NULL, output bigint NOT NULL, reasoning bigint NOT NULL,
  cost bigint NOT NULL, charged bigint NOT NULL, PRIMARY KEY(day, gateway, key, "user"));
CREATE TABLE daily_tag(day bigint, gateway bigint, key bigint, tag bigint, requests bigint NOT NULL,
  prompt bigint NOT NULL, cached bigint NOT NULL, output bigint NOT NULL, reasoning bigint NOT NULL,
  cost bigint NOT NULL, charged bigint NOT NULL, PRIMARY KEY(day, gateway, key, tag));
CREATE TABLE journal(epoch bigint PRIMARY KEY, number bigint NOT NULL, closed boolean NOT NULL,
  gateway bigint NOT NULL);
CREATE TABLE key(hash bytea PRIMARY KEY, name bytea NOT NULL UNIQUE, body bytea NOT NULL);
CREATE TABLE key_changes(count bigint NOT NULL);
INSERT INTO key_changes VALUES(0);
)",
                                           R"(
CREATE TABLE daily_regret(day bigint, gateway bigint, team bigint, key bigint, model bigint, endpoint bigint,
  requests bigint NOT NULL, regret bigint NOT NULL, cost bigint NOT NULL,
  PRIMARY KEY(day, gateway, team, key, model, endpoint));
)",
                                           R"(
CREATE TABLE daily_canary(day bigint, asked bigint, named bigint, spent bigint NOT NULL,
  PRIMARY KEY(day, asked, named));
)"};

// to_regclass() would go by what this connection remembers of names, and waiting for the lock does not make
// it look again: it did not see the tables of whom it had waited for.
std::int64_t version_in(Postgres& database) {
  const char* is_there =
      "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname='isocost' AND tablename='version'";
  if (database.run(is_there).count() == 0) return 0;
  const PostgresRows rows = database.run("SELECT number FROM isocost.version");
  return rows.count() > 0 ? rows.integer(0, 0) : 0;
}

// Of the version `from` on.
void make_tables(Postgres& database, std::int64_t from) {
  if (from == 0) {
    database.run(
        "CREATE SCHEMA IF NOT EXISTS isocost; CREATE TABLE isocost.version(number int NOT NULL); "
        "INSERT INTO isocost.version VALUES(0)");
  }
  for (std::size_t i = static_cast<std::size_t>(from); i < steps.size(); ++i) database.run(steps[i]);
  database.run("UPDATE isocost.version SET number=" + std::to_string(steps.size()));
}

}  // namespace

void migrate(Postgres& database) {
  constexpr auto newest = static_cast<std::int64_t>(steps.size());
  const auto is_done = [&] {
    const std::int64_t found = version_in(database);
    if (found > newest) {
      throw std::runtime_error("its tables were made by a newer isocost (their version is " +
                               std::to_string(found) + ", this one's " + std::to_string(newest) +
                               "); start that one, or name another database");
    }
    return found == newest;
  };
  if (is_done()) return;
  database.run("BEGIN ISOLATION LEVEL READ COMMITTED");  // what is looked for is looked for after the wait
  database.run(only_one);
  // Another gateway may have been faster.
  if (!is_done()) make_tables(database, version_in(database));
  database.run("COMMIT");
}

}  // namespace gateway

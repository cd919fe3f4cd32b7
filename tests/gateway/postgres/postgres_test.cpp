#include <doctest/doctest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "gateway/postgres/connection.hpp"
#include "gateway/postgres/migrations.hpp"
#include "gateway/postgres/postgres_text.hpp"
#include "tests/support/postgres_server.hpp"

using gateway::Postgres;
using gateway::PostgresFault;
using namespace std::chrono_literals;

namespace {

PostgresFault::Kind fault_of(Postgres& database, const std::string& sql) {
  try {
    database.run(sql);
  } catch (const PostgresFault& fault) {
    return fault.kind();
  }
  FAIL("nothing was wrong with " << sql);
  return PostgresFault::Kind::other;
}

}  // namespace

TEST_CASE("bytes and numbers are written as PostgreSQL reads them in a text, and bytes read again") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(gateway::hex_of_bytes("\n\xff") == "\\x0aff");
  CHECK(gateway::bytes_of_hex(gateway::hex_of_bytes(all)) == all);
  CHECK(gateway::hex_of_bytes("") == "\\x");
  CHECK(gateway::bytes_of_hex("\\x").empty());
  CHECK(gateway::array_text(std::array<std::int64_t, 3>{1, -2, 3}) == "{1,-2,3}");
  CHECK(gateway::array_text(std::array<std::int64_t, 0>{}) == "{}");
}

TEST_CASE("a server that is not there is away, within the patience of who asks") {
  try {
    Postgres({.url = "postgresql://isocost@127.0.0.1:1/none", .password = config::Secret("x")}, 2s);
    FAIL("a server on port 1");
  } catch (const PostgresFault& fault) {
    CHECK(fault.kind() == PostgresFault::Kind::away);
  }
}

TEST_CASE("what a server says is read as it is, and what is wrong is told by its kind") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  Postgres database(server.database(), 10s);
  const auto rows = database.run("SELECT $1::bigint, $2::bytea, NULL", {"42", gateway::hex_of_bytes("a")});
  REQUIRE(rows.count() == 1);
  CHECK(rows.columns() == 3);
  CHECK(rows.integer(0, 0) == 42);
  CHECK(rows.bytes(0, 1) == "a");
  CHECK(rows.is_null(0, 2));
  CHECK(rows.integer(0, 2) == 0);
  database.run("CREATE TEMPORARY TABLE t(a int PRIMARY KEY)");
  database.copy("COPY t FROM STDIN", "1\n2\n");
  CHECK(database.run("UPDATE t SET a=a+10").changed() == 2);
  CHECK(fault_of(database, "INSERT INTO t VALUES(11)") == PostgresFault::Kind::duplicate);
  CHECK(fault_of(database, "SELECT nonsense") != PostgresFault::Kind::away);
  CHECK(database.run("SELECT 1").integer(0, 0) == 1);  // the connection goes on
}

TEST_CASE("who listens to a channel is called, and waits no longer than it wants to") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  const auto address = server.database();
  Postgres one(address, 10s), other(address, 10s);
  one.run("LISTEN c");
  CHECK_FALSE(one.is_called(0ms));
  other.run("NOTIFY c");
  CHECK(one.is_called(10s));
}

TEST_CASE("tables are made once, and those of a newer isocost are left alone") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  Postgres database(server.database(), 10s);
  gateway::migrate(database);
  const auto version = database.run("SELECT number FROM isocost.version").integer(0, 0);
  CHECK(version > 0);
  gateway::migrate(database);
  CHECK(database.run("SELECT number FROM isocost.version").integer(0, 0) == version);
  database.run("UPDATE isocost.version SET number=number+1");
  CHECK_THROWS_AS(gateway::migrate(database), std::runtime_error);
}

TEST_CASE(
    "of gateways that start together in a new database one makes the tables, and the others find them") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  const auto address = server.database();
  Postgres first(address, 10s);
  // They all have seen that there are none before the first may make them.
  first.run("BEGIN; SELECT pg_advisory_xact_lock(1769172068)");
  constexpr int several = 4;
  std::vector<std::string> faults(several);
  std::vector<std::thread> all;
  for (std::string& fault : faults) {
    all.emplace_back([&] {
      try {
        Postgres database(address, 30s);
        gateway::migrate(database);
      } catch (const std::exception& thrown) {
        fault = thrown.what();
      }
    });
  }
  const char* waiting = "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND NOT granted";
  for (int looks = 0; first.run(waiting).integer(0, 0) < several && looks < 100'000; ++looks) {
  }
  CHECK(first.run(waiting).integer(0, 0) == several);
  first.run("COMMIT");
  for (std::thread& each : all) each.join();
  for (const std::string& fault : faults) CHECK(fault == "");
  CHECK(first.run("SELECT count(*) FROM isocost.version").integer(0, 0) == 1);
}

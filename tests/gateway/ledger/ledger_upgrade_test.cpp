#include <doctest/doctest.h>
#include <zstd.h>

#include "gateway/ledger/id_hash.hpp"
#include "gateway/ledger/ledger_file.hpp"
#include "tests/support/scratch_directory.hpp"

using gateway::Database;
using gateway::Entry;
using gateway::LedgerFile;

namespace {

constexpr std::int64_t noon = 1'795'867'200'000;  // 2026-11-28 12:00:00 UTC

Entry entry_of(int number) {
  Entry entry{.id = "req_" + std::to_string(number), .began_ms = noon, .at_ms = noon + 1'000 * number};
  entry.cost = entry.charged = number;
  entry.attempts.push_back(
      {.endpoint = "cheap", .provider = "cheap", .model = "m", .prompt = 11, .output = 7});
  return entry;
}

// As version 1 was: a row an entry, and the sums of their hour.
void write_first_version(const std::string& path, int first, int count) {
  Database file(path, Database::Mode::write);
  file.run(R"(
    CREATE TABLE name(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text BLOB NOT NULL, UNIQUE(kind, text)) STRICT;
    CREATE TABLE entry(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, team INTEGER NOT NULL, key INTEGER NOT NULL,
      user INTEGER NOT NULL, tokens INTEGER NOT NULL, cost INTEGER NOT NULL, charged INTEGER NOT NULL,
      detail BLOB NOT NULL) STRICT;
    CREATE INDEX entry_at ON entry(at);
    CREATE TABLE ids(first INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
    INSERT INTO name VALUES(1, 0, CAST('search' AS BLOB)), (2, 1, CAST('app' AS BLOB)), (3, 2, CAST('ann' AS BLOB));
    PRAGMA application_id=1769172068; PRAGMA user_version=1;)");
  std::string hashes;
  for (int i = 0; i < count; ++i) {
    const Entry entry = entry_of(first + i);
    file.prepare("INSERT INTO entry VALUES(?,?,1,2,3,18,?,?,?)")
        .bind(1, first + i)
        .bind(2, entry.at_ms)
        .bind(3, entry.cost)
        .bind(4, entry.charged)
        .bind_bytes(5, gateway::entry_detail(entry))
        .run();
    const std::uint64_t hash = gateway::hash_of_id(entry.id);
    hashes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  }
  file.prepare("INSERT INTO ids VALUES(?, ?)").bind(1, first).bind_bytes(2, hashes).run();
}

}  // namespace

TEST_CASE("a ledger of the version before is taken up with all its entries, and goes on") {
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("ledger");
  constexpr int first = 41, count = 1'300;
  write_first_version(path, first, count);
  CHECK_THROWS_WITH_AS(LedgerFile(path, LedgerFile::Mode::read),
                       doctest::Contains("it is brought up to date when the gateway is started"),
                       std::runtime_error);

  LedgerFile file(path, LedgerFile::Mode::write);
  const auto since = config::WallTime{} + std::chrono::milliseconds(noon + 1'000 * (first + 100));
  const gateway::LedgerStore::Sum sum = file.sum_of_key("app", since);
  CHECK(sum.requests == count - 100);
  CHECK(sum.tokens == 18 * (count - 100));
  std::int64_t cost = 0;
  for (int i = first + 100; i < first + count; ++i) cost += i;
  CHECK(sum.cost == cost);
  CHECK(sum.charged == cost);

  const auto old = file.find("req_700");
  REQUIRE(old);
  CHECK(old->cost == 700);
  CHECK(old->user == "ann");

  file.begin();
  file.add(entry_of(first + count));
  file.commit();
  CHECK(file.find("req_" + std::to_string(first + count)));
  CHECK(LedgerFile(path, LedgerFile::Mode::read).find("req_" + std::to_string(first + count))->cost ==
        first + count);
  // Once is enough.
  CHECK(LedgerFile(path, LedgerFile::Mode::write).sum_of_key("app", since).requests == count - 100);
}

TEST_CASE("a ledger of version 2, whose entries are not compressed, is read as it is and goes on") {
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("ledger");
  constexpr int count = 700;
  const auto add = [&](int first) {
    LedgerFile file(path, LedgerFile::Mode::write);
    file.begin();
    for (int i = first; i < first + count; ++i) file.add(entry_of(i));
    file.commit();
  };
  add(1);
  {
    Database file(path, Database::Mode::write);
    gateway::Statement set = file.prepare("UPDATE packet SET entries = ?1 WHERE first = ?2");
    std::vector<std::pair<std::int64_t, std::string>> packets;
    gateway::Statement rows = file.prepare("SELECT first, entries FROM packet");
    while (rows.step() == gateway::Statement::Step::row) {
      const std::string_view frame = rows.bytes(1).substr(1);
      std::string plain(ZSTD_getFrameContentSize(frame.data(), frame.size()), '\0');
      REQUIRE(ZSTD_decompress(plain.data(), plain.size(), frame.data(), frame.size()) == plain.size());
      CHECK(frame.size() < plain.size() / 4);
      packets.emplace_back(rows.integer(0), std::move(plain));
    }
    CHECK(packets.size() == 2);
    for (const auto& [first, plain] : packets) set.bind_bytes(1, plain).bind(2, first).run();
    file.run("PRAGMA user_version = 2");
  }
  {
    LedgerFile file(path, LedgerFile::Mode::read);
    CHECK(file.find("req_700")->cost == 700);
    CHECK(file.costs_by_policy(0, noon * 2).size() <= 1);
  }
  add(1 + count);
  LedgerFile file(path, LedgerFile::Mode::read);
  for (const int number : {1, 512, 513, 700, 701, 1'400}) {
    INFO(number);
    CHECK(file.find("req_" + std::to_string(number))->cost == number);
  }
  CHECK(Database(path, Database::Mode::read).number("PRAGMA user_version") == 3);
}

TEST_CASE("damaged entries are said where they would be added up, and are not found by their ids") {
  const support::ScratchDirectory scratch;
  const std::string path = scratch.file("ledger");
  {
    LedgerFile file(path, LedgerFile::Mode::write);
    file.begin();
    for (int i = 1; i <= 700; ++i) file.add(entry_of(i));
    file.commit();
  }
  Database(path, Database::Mode::write)
      .run(
          "UPDATE packet SET entries = CAST(substr(entries, 1, 99) || x'77' || substr(entries, 101) AS BLOB) "
          "WHERE first = "
          "1");
  LedgerFile file(path, LedgerFile::Mode::read);
  CHECK(!file.find("req_7"));
  CHECK(file.find("req_700"));
  // What a journal still has of them is not entered, and charged, a second time.
  CHECK(file.known_ids({"req_7", "req_700", "req_701"}) ==
        std::set<std::string, std::less<>>{"req_7", "req_700"});
  CHECK_THROWS_WITH_AS(file.costs_by_policy(0, noon * 2), "entries of the ledger are damaged",
                       gateway::SqliteFault);
}

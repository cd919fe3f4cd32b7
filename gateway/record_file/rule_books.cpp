#include "gateway/record_file/rule_books.hpp"

#include "gateway/record_file/record_format.hpp"
#include "gateway/record_file/rule_book.hpp"

namespace gateway {
namespace {

constexpr const char* table_of_uses =
    "CREATE TABLE IF NOT EXISTS rule_book_use (id INTEGER PRIMARY KEY, last INTEGER);";
// A use is noted once in so many packets.
constexpr std::int64_t between_notes = 16;
constexpr std::size_t most_known = 4'096;

// The table first: statements are prepared on it.
Database& with_uses(Database& database) {
  database.run(table_of_uses);
  return database;
}

}  // namespace

RuleBooks::RuleBooks(Database& database)
    : database_(with_uses(database)),
      find_(database.prepare("SELECT id FROM rule_book WHERE hash = ?1 AND fleet = ?2 AND digest = ?3")),
      add_(database.prepare("INSERT INTO rule_book (hash, fleet, digest, body) VALUES (?1, ?2, ?3, ?4)")),
      note_(database.prepare("INSERT OR REPLACE INTO rule_book_use (id, last) VALUES (?1, ?2)")) {
  // An older version went on with the file and noted nothing: what is there stays as long as its hosts.
  const std::int64_t noted = database.number("SELECT max(last) FROM rule_book_use");
  if (database.number("SELECT max(id) FROM packet") > noted + between_notes)
    database.run("DELETE FROM rule_book_use");
}

std::int64_t RuleBooks::row_of(const routing::Policy& policy, std::int64_t fleet, std::int64_t packet) {
  if (fleet_ != fleet || known_.size() >= most_known) known_.clear();
  fleet_ = fleet;
  Row& row = known_[policy.hash];
  if (row.id != 0 && packet < row.noted + between_notes) return row.id;

  const std::string body = to_bytes(policy);
  const auto hash = static_cast<std::int64_t>(policy.hash);
  find_.bind(1, hash).bind(2, fleet).bind(3, digest(body));
  const bool is_there = find_.step() == Statement::Step::row;
  if (is_there) row.id = find_.integer(0);
  find_.reset();
  if (!is_there) {
    add_.bind(1, hash).bind(2, fleet).bind(3, digest(body)).bind_bytes(4, body).run();
    row.id = database_.number("SELECT last_insert_rowid()");
  }
  note_.bind(1, row.id).bind(2, packet).run();
  row.noted = packet;
  return row.id;
}

// No packet names a row that is further from its last note than there may be between two.
std::string RuleBooks::dropping() {
  return "DELETE FROM rule_book WHERE fleet < (SELECT min(fleet) FROM snapshot)"
         " OR id IN (SELECT id FROM rule_book_use WHERE last + " +
         std::to_string(between_notes) +
         " < (SELECT min(id) FROM packet)); "
         "DELETE FROM rule_book_use WHERE id NOT IN (SELECT id FROM rule_book); ";
}

}  // namespace gateway

#include "gateway/record_file/record_writer.hpp"

#include <algorithm>

#include "gateway/record_file/fleet_bytes.hpp"

namespace gateway {
namespace {

// A whole picture this often bounds what a reader goes through, and what a damaged one spoils.
constexpr int between_whole_ones = 32;

// Refused requests take a 16th of the file at most, of about a kilobyte each.
constexpr std::int64_t most_refusals = 10'000, of_refusal = 16 << 10;

std::int64_t nanoseconds(config::WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

}  // namespace

RecordWriter::RecordWriter(const std::string& path, RecordLimits limits)
    : database_(path, Database::Mode::write), limits_(limits) {
  prepare_file();
  base_ = std::max(database_.number("SELECT max(id) FROM snapshot"),
                   std::max(database_.number("SELECT max(first) FROM request"),
                            database_.number("SELECT max(first) FROM packet")));
  next_packet_ = database_.number("SELECT max(id) FROM packet") + 1;
  names_row_ = database_.number("SELECT max(id) FROM name") + 1;
  add_snapshot_ = database_.prepare(
      "INSERT INTO snapshot (id, base, fleet, wall, digest, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  add_packet_ = database_.prepare("INSERT INTO packet (id, first, requests, body) VALUES (?1, ?2, ?3, ?4)");
  refusals_.emplace(database_, std::min<std::int64_t>(
                                   most_refusals, static_cast<std::int64_t>(limits.max_size) / of_refusal));
  rule_books_.emplace(database_);
  add_names_ = database_.prepare("INSERT OR REPLACE INTO name (id, last, entries) VALUES (?1, ?2, ?3)");
}

void RecordWriter::prepare_file() {
  const RecordFileKind kind = kind_of(database_);
  const bool is_new = kind == RecordFileKind::empty;
  // Both must be set before the first table; pages then go back when the limit is lowered.
  // Packets are far larger than SQLite's usual page, and each page is two writes or three.
  if (is_new) database_.run("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL");
  database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const std::int64_t most_in_log = (4 << 20) / database_.number("PRAGMA page_size");
  database_.run("PRAGMA wal_autocheckpoint = " + std::to_string(most_in_log));
  // Said once the size of a page is in force: SQLite takes what it has by itself for so many smaller ones.
  database_.run("PRAGMA cache_size = -2000");
  database_.run("PRAGMA journal_size_limit = " + std::to_string(limits_.max_size / 16));
  if (kind == RecordFileKind::recent) {
    database_.run("PRAGMA user_version = " + std::to_string(record_version));
  }
  if (!is_new && kind != RecordFileKind::older) return;
  database_.run("BEGIN; " + std::string(is_new ? tables_of_five : "") + tables_of_six +
                "PRAGMA application_id = " + std::to_string(record_application) +
                "; PRAGMA user_version = " + std::to_string(record_version) + "; COMMIT");
}

void RecordWriter::begin() {
  if (uncommitted_++ == 0) database_.run("BEGIN");
}

std::int64_t RecordWriter::fleet_of(const routing::Catalogue& catalogue) {
  const std::string body = to_bytes(catalogue.settings());
  const auto generation = static_cast<std::int64_t>(catalogue.generation());
  Statement find =
      database_.prepare("SELECT id FROM fleet WHERE generation = ?1 AND digest = ?2 AND body = ?3");
  find.bind(1, generation).bind(2, digest(body)).bind_bytes(3, body);
  if (find.step() == Statement::Step::row) return find.integer(0);
  Statement add = database_.prepare("INSERT INTO fleet (generation, digest, body) VALUES (?1, ?2, ?3)");
  add.bind(1, generation).bind(2, digest(body)).bind_bytes(3, body).run();
  return database_.number("SELECT last_insert_rowid()");
}

void RecordWriter::add(const routing::Snapshot& snapshot, config::WallTime wall) {
  begin();
  if (catalogue_ != snapshot.catalogue) {
    fleet_ = fleet_of(*snapshot.catalogue);
    catalogue_ = snapshot.catalogue;
    last_id_ = 0;
  }
  const bool is_whole = last_id_ == 0 || ++since_whole_ >= between_whole_ones;
  if (is_whole) since_whole_ = 0;
  MarketWords words = words_of(snapshot);
  const std::string body = difference_to(is_whole ? MarketWords{} : last_, words);
  const std::int64_t id = base_ + static_cast<std::int64_t>(snapshot.version);
  add_snapshot_->bind(1, id).bind(2, is_whole ? 0 : last_id_).bind(3, fleet_).bind(4, nanoseconds(wall));
  add_snapshot_->bind(5, digest(body)).bind_bytes(6, body).run();
  last_ = std::move(words);
  last_id_ = id;
}

void RecordWriter::add(LoggedRequest& request, const routing::Policy* rules) {
  if (request.decisions.empty()) return;
  begin();
  request.rule_book = rules ? rule_books_->row_of(*rules, fleet_, next_packet_) : 0;
  for (routing::LoggedDecision& decision : request.decisions) {
    decision.snapshot += static_cast<std::uint64_t>(base_);
  }
  packet_.add(request);
  if (packet_.is_full()) write_packet();
}

void RecordWriter::add(const RefusedRequest& request) {
  if (!refusals_->has_room()) return;
  begin();
  refusals_->add(request);
}

void RecordWriter::write_packet() {
  if (packet_.requests() == 0) return;
  add_packet_->bind(1, next_packet_).bind(2, packet_.first()).bind(3, packet_.requests());
  add_packet_->bind_bytes(4, packet_.packed()).run();
  for (const std::uint64_t name : packet_.names()) {
    names_.add(name, next_packet_);
    if (!names_.is_full()) continue;
    write_names();
    names_.clear();
    ++names_row_;
  }
  ++next_packet_;
  packet_.clear();
}

void RecordWriter::write_names() {
  if (names_.bytes().empty()) return;
  add_names_->bind(1, names_row_).bind(2, next_packet_).bind_bytes(3, names_.bytes()).run();
}

void RecordWriter::commit(config::WallTime now) {
  if (uncommitted_ == 0) return;
  if (packet_.requests() > 0) {
    write_packet();
    write_names();
  }
  refusals_->prune(now - limits_.keep);
  database_.run("COMMIT");
  uncommitted_ = 0;
  prune(now);
}

void RecordWriter::drop_before(std::int64_t snapshot) {
  const std::string limit = std::to_string(snapshot);
  // The newest stays: the next one is written as a difference to it.
  const std::int64_t whole = database_.number("SELECT id FROM snapshot WHERE base = 0 AND id <= " + limit +
                                              " ORDER BY id DESC LIMIT 1");
  database_.run("BEGIN; DELETE FROM request WHERE first < " + limit + "; DELETE FROM packet WHERE first < " +
                limit + "; DELETE FROM snapshot WHERE id < " + std::to_string(whole) +
                "; DELETE FROM fleet WHERE id < (SELECT min(fleet) FROM snapshot); " + RuleBooks::dropping() +
                "DELETE FROM name WHERE last < (SELECT min(id) FROM packet); COMMIT");
}

void RecordWriter::prune(config::WallTime now) {
  const std::int64_t oldest_kept = nanoseconds(now - limits_.keep);
  const std::int64_t oldest = database_.number("SELECT wall FROM snapshot ORDER BY id LIMIT 1");
  if (oldest != 0 && oldest < oldest_kept) {
    drop_before(database_.number(
        "SELECT coalesce((SELECT id FROM snapshot WHERE wall >= " + std::to_string(oldest_kept) +
        " ORDER BY id LIMIT 1), " + std::to_string(last_id_) + ")"));
  }
  const std::int64_t page = database_.number("PRAGMA page_size");
  const auto most = static_cast<std::int64_t>(limits_.max_size) / page;
  const auto used = [&] {
    return database_.number("PRAGMA page_count") - database_.number("PRAGMA freelist_count");
  };
  // A tenth of the rows at a time is gone quickly and lasts for a while.
  for (int round = 0; round < 10 && used() > most; ++round) {
    const auto of_both = [&](const std::string& which) {
      return database_.number("SELECT " + which + "(a) FROM (SELECT " + which +
                              "(first) AS a FROM request UNION ALL SELECT " + which + "(first) FROM packet)");
    };
    const std::int64_t first = of_both("min"), last = of_both("max");
    const std::int64_t cut = std::max(first + 1, first + (last - first) / 10);
    drop_before(std::min(cut, last_id_));
    if (cut >= last_id_) break;
  }
  // The file itself shrinks when the log of what was given back is taken into it.
  if (database_.number("PRAGMA page_count") > most)
    database_.run("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace gateway

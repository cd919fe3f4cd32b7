#include "gateway/record_file/refusal_book.hpp"

#include "gateway/observe/words.hpp"
#include "gateway/record_file/byte_exchange.hpp"
#include "gateway/record_file/record_format.hpp"

namespace gateway {
namespace {

constexpr const char* table_of_refusals =
    "CREATE TABLE IF NOT EXISTS refusal (id INTEGER PRIMARY KEY, name INTEGER, wall INTEGER, digest INTEGER,"
    " body BLOB);"
    "CREATE INDEX IF NOT EXISTS refusal_name ON refusal (name);"
    "CREATE INDEX IF NOT EXISTS refusal_wall ON refusal (wall);";

void exchange_refused(auto& io, auto& request) {
  io(request.id), io(request.path), io(request.model), io(request.asked), io(request.key), io(request.team);
  io(request.policy), io(request.error), io(request.told), io(request.limit);
  exchange_count(io, request.wall), io(request.status);
  exchange_count(io, request.total), exchange_count(io, request.waited);
}

std::int64_t nanoseconds_of(config::WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

// The table first: statements are prepared on it.
Database& with_refusals(Database& database) {
  database.run(table_of_refusals);
  return database;
}

}  // namespace

std::optional<RefusedRequest> refused(const Record& record) {
  if (record.told.empty() || !record.decisions.empty()) return std::nullopt;
  return RefusedRequest{
      .id = record.id,
      .path = record.path,
      .model = record.model,
      .asked = record.asked,
      .key = record.key,
      .team = record.team,
      .policy = record.policy,
      .error = record.error,
      .told = record.told,
      .limit = record.limit_hit ? std::string(word(record.limit_hit->of)) + " " + kind_of(*record.limit_hit)
                                : std::string(),
      .wall = record.wall,
      .status = record.status,
      .total = record.total,
      .waited = record.waited};
}

RefusalBook::RefusalBook(Database& database, std::int64_t most)
    : add_(with_refusals(database).prepare(
          "INSERT INTO refusal (name, wall, digest, body) VALUES (?1, ?2, ?3, ?4)")),
      drop_(database.prepare(
          "DELETE FROM refusal WHERE id <= (SELECT max(id) FROM refusal) - ?1 OR wall < ?2")),
      most_(most) {}

void RefusalBook::add(const RefusedRequest& request) {
  ByteWriter bytes;
  Writing io(bytes);
  exchange_refused(io, request);
  const std::string body = bytes.take();
  add_.bind(1, static_cast<std::int64_t>(quick_digest(request.id))).bind(2, nanoseconds_of(request.wall));
  add_.bind(3, digest(body)).bind_bytes(4, body).run();
  ++added_;
}

void RefusalBook::prune(config::WallTime oldest) {
  if (added_ == 0) return;
  added_ = 0;
  drop_.bind(1, most_).bind(2, nanoseconds_of(oldest)).run();
}

std::optional<RefusedRequest> refused_of(Database& database, std::string_view id) {
  if (database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'refusal'") == 0) return std::nullopt;
  Statement find = database.prepare("SELECT digest, body FROM refusal WHERE name = ?1");
  find.bind(1, static_cast<std::int64_t>(quick_digest(id)));
  while (find.step() == Statement::Step::row) {
    const std::string_view body = find.bytes(1);
    if (digest(body) != find.integer(0)) continue;
    ByteReader reader(body);
    Reading io(reader);
    RefusedRequest request;
    exchange_refused(io, request);
    if (!reader.failed() && reader.at_end() && request.id == id) return request;
  }
  return std::nullopt;
}

}  // namespace gateway

#include "gateway/record_file/sqlite.hpp"

#include <sqlite3.h>

#include "gateway/state/kept_file.hpp"

namespace gateway {
namespace {

void check(int code, sqlite3* database) {
  if (code == SQLITE_OK) return;
  throw SqliteFault(code, database ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

}  // namespace

bool SqliteFault::is_damage() const {
  const int kind = code_ & 0xff;  // the rest says more about the same
  return kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_FORMAT ||
         code_ == SQLITE_IOERR_SHORT_READ;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr),
        database);
  statement_.reset(statement);
}

Statement& Statement::bind(int place, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), place, value), sqlite3_db_handle(statement_.get()));
  return *this;
}

Statement& Statement::bind_bytes(int place, std::string_view bytes) {
  check(sqlite3_bind_blob64(statement_.get(), place, bytes.data(), bytes.size(), SQLITE_STATIC),
        sqlite3_db_handle(statement_.get()));
  return *this;
}

Statement::Step Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return Step::row;
  if (code == SQLITE_DONE) return Step::done;
  const std::string message = sqlite3_errmsg(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  throw SqliteFault(code, message);
}

int Statement::columns() const {
  return sqlite3_column_count(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return data ? std::string_view(data,
                                 static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)))
              : std::string_view();
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

void Statement::run() {
  while (step() == Step::row) {
  }
  reset();
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Database::Database(const std::string& path, Mode mode) {
  sqlite3* database = nullptr;
  // What is kept of requests is its owner's to read; SQLite's own files beside it get the same mode and
  // owner. One that is there is not opened: closing it would end what SQLite holds locked of it in this
  // process.
  if (mode == Mode::write) make_kept(path);
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(database);
  check(code, database);
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, 2'000);
}

void Database::run(const std::string& sql) {
  check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr), database_.get());
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() == Statement::Step::row ? statement.integer(0) : 0;
}

}  // namespace gateway

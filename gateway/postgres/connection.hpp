// PostgreSQL behind two values that close themselves. No wait is longer than the patience of the connection,
// whatever the server does; what went wrong is thrown as PostgresFault, and a connection that was lost is of
// no use any more. Belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/secret.hpp"

struct pg_conn;
struct pg_result;

namespace gateway {

class PostgresFault final : public std::runtime_error {
 public:
  // away: the server cannot be reached now. duplicate: what is to be unique is there already. no_library:
  // this machine has no libpq.
  enum class Kind { away, refused, duplicate, no_library, other };
  PostgresFault(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

class PostgresRows {
 public:
  explicit PostgresRows(pg_result* result) : result_(result) {}
  int count() const;
  int columns() const;
  bool is_null(int row, int column) const;
  // 0 where there is nothing.
  std::int64_t integer(int row, int column) const;
  std::string_view text(int row, int column) const;
  // Of a bytea.
  std::string bytes(int row, int column) const;
  // Rows that a statement has changed.
  std::int64_t changed() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

struct PostgresAddress {
  std::string url;
  config::Secret password;  // empty: as libpq finds it
};

class Postgres {
 public:
  Postgres(const PostgresAddress& address, std::chrono::milliseconds patience);

  // One statement, with $1 ... as text; without parameters, one or more.
  PostgresRows run(const std::string& sql, const std::vector<std::string>& parameters = {});
  // `sql` is COPY ... FROM STDIN, `rows` its text.
  void copy(const std::string& sql, std::string_view rows);
  // Whether somebody has called on a channel that this connection listens to, within `patience`.
  bool is_called(std::chrono::milliseconds patience);

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  using Deadline = std::chrono::steady_clock::time_point;
  void connect(const PostgresAddress& address);
  void wait(bool for_writing, Deadline until);
  void flush(Deadline until);
  PostgresRows answer(Deadline until);
  [[noreturn]] void lose(const std::string& why);

  std::chrono::milliseconds patience_;
  std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace gateway

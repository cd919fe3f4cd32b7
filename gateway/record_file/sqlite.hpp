// SQLite behind two values that close themselves. A fault is thrown as SqliteFault and caught by the owner of
// the file, who alone knows whether to go on without it. Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace gateway {

class SqliteFault final : public std::runtime_error {
 public:
  SqliteFault(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }
  // The file's own content is at fault, not the disk or another process.
  bool is_damage() const;

 private:
  int code_;
};

// A statement, used as: bind every parameter, step through the rows, reset.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int place, std::int64_t value);
  // `bytes` must live until the statement is reset.
  Statement& bind_bytes(int place, std::string_view bytes);
  enum class Step { row, done };
  Step step();
  int columns() const;
  std::int64_t integer(int column) const;
  // Good until the next step.
  std::string_view bytes(int column) const;
  void reset();
  // One that gives no rows, from the values bound to the end.
  void run();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode { read, write };
  // Mode::write makes the file where there is none, for its owner alone.
  Database(const std::string& path, Mode mode);

  void run(const std::string& sql);
  // The first value of the first row; 0 without a row.
  std::int64_t number(const std::string& sql);
  Statement prepare(std::string_view sql) { return Statement(database_.get(), sql); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace gateway

// The rows of a table in the order of their ids, over pages that are broken: those are passed by, further and
// further away, until something can be read again. Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/record_file/sqlite.hpp"

namespace gateway {

class TableWalk {
 public:
  // `columns` after the id, which is the first of each row. `database` must outlive the walk.
  TableWalk(Database& database, const std::string& table, const std::string& columns);

  // Before the first: leaves out the rows up to that id.
  void begin_behind(std::int64_t id);
  // Null after the last. Good until the next call.
  const Statement* next();
  std::uint64_t gaps() const { return gaps_; }
  // The greatest and the least id there were when the walk began; 0 without any.
  std::int64_t last() const { return last_; }
  std::int64_t first() const { return first_; }

 private:
  bool pass_by();

  Database& database_;
  std::string query_;
  Statement rows_;
  std::int64_t first_ = 0, last_ = 0, at_ = 0;
  std::uint64_t gaps_ = 0;
};

}  // namespace gateway

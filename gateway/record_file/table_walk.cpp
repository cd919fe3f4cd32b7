#include "gateway/record_file/table_walk.hpp"

#include <limits>

namespace gateway {

TableWalk::TableWalk(Database& database, const std::string& table, const std::string& columns)
    : database_(database),
      query_("SELECT id, " + columns + " FROM " + table + " WHERE id > ?1 ORDER BY id"),
      rows_(database.prepare(query_)),
      first_(database.number("SELECT min(id) FROM " + table)),
      last_(database.number("SELECT max(id) FROM " + table)) {
  rows_.bind(1, 0);
}

void TableWalk::begin_behind(std::int64_t id) {
  rows_.reset();
  rows_.bind(1, id);
  at_ = id;
}

bool TableWalk::pass_by() {
  ++gaps_;
  for (std::int64_t step = 1; at_ + step <= last_; step *= 2) {
    try {
      rows_ = database_.prepare(query_);
      rows_.bind(1, at_ + step);
      if (rows_.step() == Statement::Step::done) return false;
      at_ += step;
      rows_.reset();
      return true;
    } catch (const SqliteFault& fault) {
      if (!fault.is_damage()) throw;
    }
  }
  return false;
}

const Statement* TableWalk::next() {
  for (;;) {
    try {
      if (rows_.step() == Statement::Step::done) {
        begin_behind(std::numeric_limits<std::int64_t>::max());  // else it would begin anew
        return nullptr;
      }
      at_ = rows_.integer(0);
      return &rows_;
    } catch (const SqliteFault& fault) {
      if (!fault.is_damage()) throw;
      if (!pass_by()) return nullptr;
    }
  }
}

}  // namespace gateway

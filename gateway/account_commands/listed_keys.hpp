// Client keys as a table for people, out of what the administration says of them. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/units.hpp"
#include "gateway/text/table.hpp"

namespace gateway {

struct ListedKeys {
  std::vector<Column> columns;
  std::vector<Row> rows;
};
ListedKeys listed_keys(const boost::json::array& keys, config::WallTime now);

// What is said of a key under a name, as text; empty where nothing is.
std::string said_of(const boost::json::object& key, std::string_view name);

}  // namespace gateway

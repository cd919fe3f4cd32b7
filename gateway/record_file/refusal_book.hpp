// Requests that were refused before any host was looked at, with what their clients were told: the newest of
// them, in a table beside the decisions of a record file. Belongs to one thread. Throws SqliteFault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/observe/record.hpp"
#include "gateway/record_file/sqlite.hpp"

namespace gateway {

struct RefusedRequest {
  std::string id{}, path{}, model{}, asked{}, key{}, team{}, policy{};
  std::string error{};  // machine-readable
  std::string told{};   // what the client read
  std::string limit{};  // that kept it out: "team dollars_day"; or empty
  config::WallTime wall{};
  int status = 0;
  config::Duration total{};
  config::Duration waited{};  // in line, of that
};

// Nothing of one that is none, of which no sentence is kept, or which is kept with its decisions.
std::optional<RefusedRequest> refused(const Record& record);

// Where they are written.
class RefusalBook {
 public:
  // Makes the table where the file has none. `most` are kept.
  RefusalBook(Database& database, std::int64_t most);
  void add(const RefusedRequest& request);
  // As many more are taken until the next time; leaves out those that came before `oldest`.
  void prune(config::WallTime oldest);
  // A client that asks again at once would fill the book with one sentence.
  bool has_room() const { return added_ < most_at_once; }

 private:
  static constexpr int most_at_once = 256;
  Statement add_, drop_;
  std::int64_t most_;
  int added_ = 0;
};

// Nothing where it is not there, or the file is of a version without them.
std::optional<RefusedRequest> refused_of(Database& database, std::string_view id);

}  // namespace gateway

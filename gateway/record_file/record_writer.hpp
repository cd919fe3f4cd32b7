// Writes a record file: group commits, the oldest dropped when it grows too large or too old. What is
// committed survives a crash of the process or the machine; the rest is lost whole. Belongs to the storage
// thread. Throws SqliteFault.
#pragma once

#include <optional>
#include <string>

#include "gateway/record_file/logged_request.hpp"
#include "gateway/record_file/market_bytes.hpp"
#include "gateway/record_file/packets.hpp"
#include "gateway/record_file/record_format.hpp"
#include "gateway/record_file/refusal_book.hpp"
#include "gateway/record_file/rule_books.hpp"
#include "gateway/state/file_lock.hpp"

namespace gateway {

struct RecordLimits {
  std::size_t max_size = 1u << 30;  // bytes, roughly: what waits in SQLite's log comes on top
  std::chrono::seconds keep = std::chrono::hours(24 * 7);
};

class RecordWriter {
 public:
  // Of a file that `kind_of` calls ours, older or empty.
  RecordWriter(const std::string& path, RecordLimits limits);

  void add(const routing::Snapshot& snapshot, config::WallTime wall);
  // Takes the versions of snapshots as this process counts them.
  void add(LoggedRequest request) { add(request, nullptr); }
  // The same with the policy that decided; changes the versions to those of the file.
  void add(LoggedRequest& request, const routing::Policy* rules);
  // One of a flood is left out.
  void add(const RefusedRequest& request);
  // Everything added so far is safe after this.
  void commit(config::WallTime now);
  std::size_t uncommitted() const { return uncommitted_; }

 private:
  // Rows of this process's own, which a commit makes safe.
  void write_packet();
  void write_names();
  void prepare_file();
  void begin();
  std::int64_t fleet_of(const routing::Catalogue& catalogue);
  void prune(config::WallTime now);
  // Requests that began before this snapshot, and the snapshots that only they refer to.
  void drop_before(std::int64_t snapshot);

  Database database_;
  RecordLimits limits_;
  std::int64_t base_ = 0;  // what this process's versions are counted from
  std::optional<Statement> add_snapshot_, add_packet_, add_names_;
  std::shared_ptr<const routing::Catalogue> catalogue_;  // of `fleet_`
  std::int64_t fleet_ = 0;
  MarketWords last_;          // as written last
  std::int64_t last_id_ = 0;  // 0: nothing yet
  int since_whole_ = 0;
  std::size_t uncommitted_ = 0;
  std::optional<RefusalBook> refusals_;
  std::optional<RuleBooks> rule_books_;
  PacketWriter packet_;
  NameEntries names_;
  std::int64_t next_packet_ = 1, names_row_ = 1;
};

}  // namespace gateway

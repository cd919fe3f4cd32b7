// Reads a record file, also while a gateway writes it. What is damaged is left out and counted, so that one
// bad page does not cost a week of records. Belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "gateway/record_file/logged_request.hpp"
#include "gateway/record_file/market_bytes.hpp"
#include "gateway/record_file/packets.hpp"
#include "gateway/record_file/refusal_book.hpp"
#include "gateway/record_file/sqlite.hpp"
#include "gateway/record_file/table_walk.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

struct StoredRequest {
  std::int64_t id = 0;  // its number, in the order in which they ended
  LoggedRequest request;
};

// The market at one publication.
struct StoredMarket {
  std::shared_ptr<const routing::Catalogue> catalogue;
  std::vector<routing::EndpointState> states;
};

class RecordReader {
 public:
  // Or why the file cannot be read, as a sentence that names it.
  static std::variant<std::unique_ptr<RecordReader>, std::string> open(const std::string& path);

  // The next request in the order in which they ended; nothing after the last.
  std::optional<StoredRequest> next();
  // Before the first: leaves out all but about so many of the newest.
  void begin_near_end(std::int64_t requests);
  // Leaves out those that had ended by `time`, but for some of them, and of the rest those that had not
  // ended by `until`, all but about `most` of the newest: false where there were more. Whatever was read
  // before, this goes back, too.
  bool begin_between(config::WallTime time, config::WallTime until, std::uint64_t most);
  // The one of that x-request-id; nothing where it is not in the file. Those that version 5 wrote have none.
  std::optional<StoredRequest> find(std::string_view id);
  // The same of one that was refused before any host was looked at.
  std::optional<RefusedRequest> find_refused(std::string_view id) { return refused_of(database_, id); }
  // What a request was decided by, its texts alone; null where they are not in the file.
  std::shared_ptr<const routing::Policy> rule_book(std::int64_t id);
  std::int64_t requests() const { return requests_; }  // about how many there are
  // Null when it is damaged or no longer there. Cheap for snapshots in order. Good until the next call.
  const StoredMarket* market(std::uint64_t snapshot);
  // The hosts of that snapshot alone; null as above.
  std::shared_ptr<const routing::Catalogue> catalogue_at(std::uint64_t snapshot);
  // The last one there is.
  const StoredMarket* newest_market();
  // The snapshot that was the newest at that time; 0: none is as old.
  std::uint64_t snapshot_at(config::WallTime time);
  // When it was published.
  config::WallTime wall_of(std::uint64_t snapshot);
  // When the oldest one was; nothing: there is none.
  std::optional<config::WallTime> oldest();

  struct Damage {
    std::uint64_t requests = 0;  // that could not be read
    std::uint64_t gaps = 0;      // places where the file itself was broken; how many requests is unknown
    std::uint64_t snapshots = 0;
  };
  const Damage& damage() const { return damage_; }

 private:
  RecordReader(Database database, RecordVersion version);
  std::optional<StoredRequest> next_row();
  std::optional<StoredRequest> next_of_packet();
  // The last packet that had begun to end by that time; 0: none.
  std::int64_t packet_at(config::WallTime time);
  std::optional<LoggedRequest> find_in(std::int64_t packet, std::string_view id);
  std::shared_ptr<const routing::Catalogue> fleet(std::int64_t id);
  // The last whole picture at or before it; nothing without.
  std::int64_t whole_before(std::int64_t snapshot);
  bool go_on_to(std::int64_t snapshot);

  Database database_;
  TableWalk rows_;                    // of version 5
  std::optional<TableWalk> packets_;  // absent in files that version 5 wrote last
  std::optional<PacketReader> packet_;
  std::int64_t in_packet_ = 0;  // requests, as the row says
  Statement read_snapshots_;
  std::int64_t requests_ = 0;
  std::int64_t at_request_ = 0;   // how many were there before, in their order
  std::int64_t at_snapshot_ = 0;  // of `words_`; 0: of none
  std::int64_t at_fleet_ = 0;
  MarketWords words_;
  StoredMarket market_;
  std::int64_t shown_ = 0;  // snapshot that `market_` holds
  std::map<std::int64_t, std::shared_ptr<const routing::Catalogue>> fleets_;
  std::set<std::int64_t> broken_;  // snapshots
  Damage damage_;
};

}  // namespace gateway

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
#include "gateway/record_file/sqlite.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

struct StoredRequest {
  std::int64_t id = 0;
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
  std::int64_t requests() const { return requests_; }  // about how many there are
  // Null when it is damaged or no longer there. Cheap for snapshots in order. Good until the next call.
  const StoredMarket* market(std::uint64_t snapshot);
  // The last one there is.
  const StoredMarket* newest_market();

  struct Damage {
    std::uint64_t requests = 0;  // that could not be read
    std::uint64_t gaps = 0;      // places where the file itself was broken; how many requests is unknown
    std::uint64_t snapshots = 0;
  };
  const Damage& damage() const { return damage_; }

 private:
  explicit RecordReader(Database database);
  std::optional<StoredRequest> next_row();
  bool skip_damage();
  std::shared_ptr<const routing::Catalogue> fleet(std::int64_t id);
  // The last whole picture at or before it; nothing without.
  std::int64_t whole_before(std::int64_t snapshot);
  bool go_on_to(std::int64_t snapshot);

  Database database_;
  Statement read_requests_, read_snapshots_;
  std::int64_t requests_ = 0;
  std::int64_t last_request_ = 0;  // the greatest id there is
  std::int64_t at_request_ = 0;
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

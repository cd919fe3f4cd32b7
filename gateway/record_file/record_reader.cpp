#include "gateway/record_file/record_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "gateway/record_file/fleet_bytes.hpp"
#include "gateway/record_file/record_format.hpp"

namespace gateway {
namespace {

using routing::Catalogue;

constexpr const char* request_query = "SELECT id, digest, body FROM request WHERE id > ?1 ORDER BY id";
constexpr const char* snapshot_query =
    "SELECT id, base, fleet, digest, body FROM snapshot WHERE id > ?1 AND id <= ?2 ORDER BY id";

}  // namespace

std::variant<std::unique_ptr<RecordReader>, std::string> RecordReader::open(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return path + ": there is no such file";
  try {
    Database database(path, Database::Mode::read);
    switch (kind_of(database)) {
      case RecordFileKind::ours:
        return std::unique_ptr<RecordReader>(new RecordReader(std::move(database)));
      case RecordFileKind::empty:
        return path + " is empty: nothing was recorded yet";
      case RecordFileKind::other_version:
        return path + " has version " + std::to_string(database.number("PRAGMA user_version")) +
               " of the record format; this isocost reads version " + std::to_string(record_version);
      case RecordFileKind::foreign:
        break;
    }
    return path + " is a database, but not one of isocost's records";
  } catch (const SqliteFault& fault) {
    return path + " cannot be read as records: " + fault.what();
  }
}

RecordReader::RecordReader(Database database)
    : database_(std::move(database)),
      read_requests_(database_.prepare(request_query)),
      read_snapshots_(database_.prepare(snapshot_query)),
      last_request_(database_.number("SELECT max(id) FROM request")) {
  requests_ = last_request_ - database_.number("SELECT min(id) FROM request") + (last_request_ > 0 ? 1 : 0);
  read_requests_.bind(1, 0);
}

std::optional<StoredRequest> RecordReader::next_row() {
  while (read_requests_.step() == Statement::Step::row) {
    at_request_ = read_requests_.integer(0);
    const std::string_view body = read_requests_.bytes(2);
    if (digest(body) == read_requests_.integer(1)) {
      if (auto request = logged_request(body)) return StoredRequest{at_request_, std::move(*request)};
    }
    ++damage_.requests;
  }
  return std::nullopt;
}

// Behind a broken page: further and further away, until something can be read again.
bool RecordReader::skip_damage() {
  ++damage_.gaps;
  for (std::int64_t step = 1; at_request_ + step <= last_request_; step *= 2) {
    try {
      read_requests_ = database_.prepare(request_query);
      read_requests_.bind(1, at_request_ + step);
      if (read_requests_.step() == Statement::Step::done) return false;
      at_request_ += step;
      read_requests_.reset();
      return true;
    } catch (const SqliteFault& fault) {
      if (!fault.is_damage()) throw;
    }
  }
  return false;
}

std::optional<StoredRequest> RecordReader::next() {
  for (;;) {
    try {
      return next_row();
    } catch (const SqliteFault& fault) {
      if (!fault.is_damage()) throw;
      if (!skip_damage()) return std::nullopt;
    }
  }
}

std::shared_ptr<const Catalogue> RecordReader::fleet(std::int64_t id) {
  const auto known = fleets_.find(id);
  if (known != fleets_.end()) return known->second;
  std::shared_ptr<const Catalogue>& catalogue = fleets_[id];
  Statement read = database_.prepare("SELECT generation, digest, body FROM fleet WHERE id = ?1");
  read.bind(1, id);
  if (read.step() != Statement::Step::row || digest(read.bytes(2)) != read.integer(1)) return nullptr;
  if (auto settings = settings_from(read.bytes(2))) {
    catalogue =
        std::make_shared<const Catalogue>(std::move(*settings), static_cast<std::uint64_t>(read.integer(0)));
  }
  return catalogue;
}

std::int64_t RecordReader::whole_before(std::int64_t snapshot) {
  return database_.number("SELECT id FROM snapshot WHERE base = 0 AND id <= " + std::to_string(snapshot) +
                          " ORDER BY id DESC LIMIT 1");
}

// From where `words_` are, row by row; whether it got there unharmed. What is read holds up whoever writes:
// however this ends, it reads no more.
bool RecordReader::go_on_to(std::int64_t snapshot) {
  struct Done {
    Statement& statement;
    ~Done() { statement.reset(); }
  };
  const Done done{read_snapshots_};
  read_snapshots_.bind(1, at_snapshot_).bind(2, snapshot);
  while (read_snapshots_.step() == Statement::Step::row) {
    const std::int64_t id = read_snapshots_.integer(0), base = read_snapshots_.integer(1);
    const std::string_view body = read_snapshots_.bytes(4);
    if (base == 0) words_.clear();
    const bool is_whole = digest(body) == read_snapshots_.integer(3);
    if (!is_whole || (base != 0 && base != at_snapshot_) || !apply(body, words_)) {
      if (!is_whole) broken_.insert(id);
      at_snapshot_ = 0;
      return false;
    }
    at_snapshot_ = id;
    at_fleet_ = read_snapshots_.integer(2);
  }
  return at_snapshot_ == snapshot;
}

const StoredMarket* RecordReader::market(std::uint64_t snapshot) {
  const auto id = static_cast<std::int64_t>(snapshot);
  if (shown_ == id) return market_.catalogue ? &market_ : nullptr;
  shown_ = id;
  market_ = {};
  try {
    // Going on is cheaper than beginning anew, for as long as the next whole picture is not much nearer.
    constexpr std::int64_t near = 64;
    if (at_snapshot_ == 0 || id < at_snapshot_ || id > at_snapshot_ + near) {
      at_snapshot_ = std::max<std::int64_t>(0, whole_before(id) - 1);
    }
    if (go_on_to(id)) market_.catalogue = fleet(at_fleet_);
  } catch (const SqliteFault& fault) {
    if (!fault.is_damage()) throw;
    broken_.insert(id);
    at_snapshot_ = 0;
  }
  damage_.snapshots = broken_.size();
  if (!market_.catalogue) return nullptr;
  market_.states = states_of(words_);
  return &market_;
}

const StoredMarket* RecordReader::newest_market() {
  return market(static_cast<std::uint64_t>(database_.number("SELECT max(id) FROM snapshot")));
}

}  // namespace gateway

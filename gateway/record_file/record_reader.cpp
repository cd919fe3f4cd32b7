#include "gateway/record_file/record_reader.hpp"

#include <algorithm>
#include <filesystem>

#include "gateway/record_file/fleet_bytes.hpp"
#include "gateway/record_file/record_format.hpp"
#include "gateway/record_file/rule_book.hpp"

namespace gateway {
namespace {

using routing::Catalogue;

constexpr const char* snapshot_query =
    "SELECT id, base, fleet, digest, body FROM snapshot WHERE id > ?1 AND id <= ?2 ORDER BY id";

}  // namespace

std::variant<std::unique_ptr<RecordReader>, std::string> RecordReader::open(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return path + ": there is no such file";
  try {
    Database database(path, Database::Mode::read);
    switch (kind_of(database)) {
      case RecordFileKind::ours:
      case RecordFileKind::recent:
        return std::unique_ptr<RecordReader>(new RecordReader(std::move(database), RecordVersion::newest));
      case RecordFileKind::older:
        return std::unique_ptr<RecordReader>(new RecordReader(std::move(database), RecordVersion::five));
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

RecordReader::RecordReader(Database database, RecordVersion version)
    : database_(std::move(database)),
      rows_(database_, "request", "digest, body"),
      read_snapshots_(database_.prepare(snapshot_query)) {
  requests_ = rows_.last() > 0 ? rows_.last() - rows_.first() + 1 : 0;
  if (version < RecordVersion::six) return;
  packets_.emplace(database_, "packet", "requests, body");
  constexpr auto entry = static_cast<std::int64_t>(NameEntries::size);
  requests_ += database_.number("SELECT sum(length(entries)) FROM name") / entry;
}

std::optional<StoredRequest> RecordReader::next_row() {
  while (const Statement* row = rows_.next()) {
    const std::string_view body = row->bytes(2);
    ++at_request_;
    if (digest(body) == row->integer(1)) {
      if (auto request = logged_request(body, RecordVersion::five))
        return StoredRequest{at_request_, *std::move(request)};
    }
    ++damage_.requests;
  }
  return std::nullopt;
}

std::optional<StoredRequest> RecordReader::next_of_packet() {
  while (packets_) {
    if (packet_) {
      if (auto request = packet_->next()) return StoredRequest{++at_request_, *std::move(request)};
      if (in_packet_ > packet_->read()) {
        damage_.requests += static_cast<std::uint64_t>(in_packet_ - packet_->read());
      }
      packet_.reset();
    }
    const Statement* row = packets_->next();
    if (!row) break;
    in_packet_ = row->integer(1);
    packet_.emplace(row->bytes(2));
  }
  return std::nullopt;
}

std::optional<StoredRequest> RecordReader::next() {
  auto request = next_row();
  if (!request) request = next_of_packet();
  damage_.gaps = rows_.gaps() + (packets_ ? packets_->gaps() : 0);
  return request;
}

void RecordReader::begin_near_end(std::int64_t requests) {
  if (!packets_) return;
  Statement sizes = database_.prepare("SELECT id, requests FROM packet ORDER BY id DESC");
  for (std::int64_t seen = 0; sizes.step() == Statement::Step::row;) {
    seen += sizes.integer(1);
    if (seen < requests) continue;
    packets_->begin_behind(sizes.integer(0) - 1);
    rows_.begin_behind(rows_.last());
    return;
  }
}

// By halving: they stand in the order in which they ended, and times have no index. Whoever stands first in
// a packet speaks for it.
std::int64_t RecordReader::packet_at(config::WallTime time) {
  Statement from = database_.prepare("SELECT id, body FROM packet WHERE id >= ?1 ORDER BY id LIMIT 1");
  std::int64_t low = packets_->first(), high = packets_->last(), found = 0;
  while (low <= high && high > 0) {
    const std::int64_t middle = low + (high - low) / 2;
    from.bind(1, middle);
    const bool there = from.step() == Statement::Step::row;
    const std::int64_t id = there ? from.integer(0) : high + 1;
    const auto first = there ? PacketReader(from.bytes(1)).next() : std::nullopt;
    const bool has_ended = there && (!first || ended(*first) <= time);
    from.reset();
    if (has_ended) {
      found = id;
      low = id + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}

bool RecordReader::begin_between(config::WallTime time, config::WallTime until, std::uint64_t most) {
  if (!packets_) return true;
  const std::int64_t oldest = packet_at(time), newest = packet_at(until);
  std::int64_t begin = newest;
  bool has_all = true;
  Statement sizes =
      database_.prepare("SELECT id, requests FROM packet WHERE id <= ?1 AND id >= ?2 ORDER BY id DESC");
  sizes.bind(1, newest).bind(2, oldest);
  for (std::uint64_t seen = 0; has_all && sizes.step() == Statement::Step::row;) {
    const std::int64_t id = sizes.integer(0);
    seen += static_cast<std::uint64_t>(sizes.integer(1));
    has_all = seen <= most || id == newest;  // a packet is read as a whole
    if (has_all) begin = id;
  }
  packet_.reset();
  packets_->begin_behind(std::max<std::int64_t>(begin, 1) - 1);
  rows_.begin_behind(oldest == 0 && has_all ? 0 : rows_.last());
  return has_all;
}

std::optional<LoggedRequest> RecordReader::find_in(std::int64_t packet, std::string_view id) {
  Statement read = database_.prepare("SELECT body FROM packet WHERE id = ?1");
  read.bind(1, packet);
  if (read.step() != Statement::Step::row) return std::nullopt;
  PacketReader requests(read.bytes(0));
  while (auto request = requests.next()) {
    if (request->id == id) return request;
  }
  return std::nullopt;
}

// The newest first: mostly that is what is asked about.
std::optional<StoredRequest> RecordReader::find(std::string_view id) {
  if (!packets_) return std::nullopt;
  std::vector<std::int64_t> packets;
  Statement names = database_.prepare("SELECT entries FROM name ORDER BY id DESC");
  const std::uint64_t name = quick_digest(id);
  while (names.step() == Statement::Step::row) {
    packets.clear();
    NameEntries::find(names.bytes(0), name, packets);
    for (const std::int64_t packet : packets) {
      if (auto request = find_in(packet, id)) return StoredRequest{0, *std::move(request)};
    }
  }
  return std::nullopt;
}

std::shared_ptr<const routing::Policy> RecordReader::rule_book(std::int64_t id) {
  if (!packets_) return nullptr;
  Statement read = database_.prepare("SELECT digest, body FROM rule_book WHERE id = ?1");
  read.bind(1, id);
  if (read.step() != Statement::Step::row || digest(read.bytes(1)) != read.integer(0)) return nullptr;
  return rule_book_from(read.bytes(1));
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

std::shared_ptr<const Catalogue> RecordReader::catalogue_at(std::uint64_t snapshot) {
  const std::int64_t id =
      database_.number("SELECT fleet FROM snapshot WHERE id = " + std::to_string(snapshot));
  return id == 0 ? nullptr : fleet(id);
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

// By halving: ids and times rise together, and times have no index.
std::uint64_t RecordReader::snapshot_at(config::WallTime time) {
  const std::int64_t wanted = std::chrono::nanoseconds(time.time_since_epoch()).count();
  Statement from = database_.prepare("SELECT id, wall FROM snapshot WHERE id >= ?1 ORDER BY id LIMIT 1");
  std::int64_t low = database_.number("SELECT min(id) FROM snapshot");
  std::int64_t high = database_.number("SELECT max(id) FROM snapshot");
  std::int64_t found = 0;
  while (low <= high && high > 0) {
    const std::int64_t middle = low + (high - low) / 2;
    from.bind(1, middle);
    const bool there = from.step() == Statement::Step::row;
    const std::int64_t id = there ? from.integer(0) : high + 1;
    const bool is_before = there && from.integer(1) <= wanted;
    from.reset();
    if (is_before) {
      found = id;
      low = id + 1;
    } else {
      high = middle - 1;
    }
  }
  return static_cast<std::uint64_t>(found);
}

config::WallTime RecordReader::wall_of(std::uint64_t snapshot) {
  const std::int64_t wall =
      database_.number("SELECT wall FROM snapshot WHERE id = " + std::to_string(snapshot));
  return config::WallTime(
      std::chrono::duration_cast<config::WallTime::duration>(std::chrono::nanoseconds(wall)));
}

std::optional<config::WallTime> RecordReader::oldest() {
  const std::int64_t first = database_.number("SELECT min(id) FROM snapshot");
  return first == 0 ? std::nullopt : std::optional(wall_of(static_cast<std::uint64_t>(first)));
}

}  // namespace gateway

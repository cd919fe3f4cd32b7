// LedgerFile's entries: some hundred in a row.
#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "gateway/ledger/ledger_file.hpp"

namespace gateway {
namespace {

constexpr std::int64_t most_in_packet = 512;
constexpr std::size_t most_packet_bytes = 256 << 10;
// Between its first and its last end: single entries are forgotten with the packet that they stand in.
constexpr std::int64_t longest_packet_ms = 60 * 60 * 1000;

}  // namespace

void LedgerFile::pack(const Packed& entry) {
  const bool is_full = packet_.count >= most_in_packet || packet_.bytes.written().size() >= most_packet_bytes;
  const bool is_of_another_time = packet_.count > 0 && (entry.at_ms > packet_.from_ms + longest_packet_ms ||
                                                        entry.at_ms < packet_.to_ms - longest_packet_ms);
  if (is_full || is_of_another_time) write_packet();
  if (packet_.count == 0) {
    packet_.first = next_;
    packet_.from_ms = packet_.to_ms = entry.at_ms;
  }
  packet_.from_ms = std::min(packet_.from_ms, entry.at_ms);
  packet_.to_ms = std::max(packet_.to_ms, entry.at_ms);
  ++packet_.count;
  for (const std::int64_t each :
       {entry.at_ms, entry.team, entry.key, entry.user, entry.tokens, entry.cost, entry.charged})
    packet_.bytes.integer(each);
  packet_.bytes.text(entry.detail);
}

void LedgerFile::unpack(std::string_view bytes, const std::function<bool(const Packed&)>& visit) {
  ByteReader in(bytes);
  Packed entry;
  while (!in.at_end()) {
    for (std::int64_t* each :
         {&entry.at_ms, &entry.team, &entry.key, &entry.user, &entry.tokens, &entry.cost, &entry.charged})
      *each = in.integer();
    entry.detail = in.text_view();
    if (in.failed() || !visit(entry)) return;
  }
}

void LedgerFile::write_packet() {
  if (packet_.count == 0) return;
  kept("INSERT INTO packet(first, count, from_at, to_at, entries) VALUES(?,?,?,?,?)")
      .bind(1, packet_.first)
      .bind(2, packet_.count)
      .bind(3, packet_.from_ms)
      .bind(4, packet_.to_ms)
      .bind_bytes(5, compressor_.packed(packet_.bytes.written()))
      .run();
  packet_.count = 0;
  packet_.bytes.clear();
}

void LedgerFile::with_entries(std::int64_t from_ms, std::int64_t to_ms,
                              const std::function<void(const Packed&)>& visit) {
  const auto look = [&](const Packed& each) {
    if (each.at_ms >= from_ms && each.at_ms < to_ms) visit(each);
    return true;
  };
  Statement packets =
      database_.prepare("SELECT entries FROM packet WHERE to_at >= ? AND to_at < ? AND from_at < ?");
  const std::int64_t latest = to_ms > std::numeric_limits<std::int64_t>::max() - longest_packet_ms
                                  ? std::numeric_limits<std::int64_t>::max()
                                  : to_ms + longest_packet_ms + 1;
  packets.bind(1, from_ms).bind(2, latest).bind(3, to_ms);
  std::string room;
  while (packets.step() == Statement::Step::row) {
    const auto entries = unpacked(packets.bytes(0), room);
    // With entries left out in silence sums would be wrong.
    if (!entries) throw SqliteFault(SQLITE_CORRUPT, "entries of the ledger are damaged");
    unpack(*entries, look);
  }
  unpack(packet_.bytes.written(), look);
}

void LedgerFile::visit_entries(std::int64_t from_ms, std::int64_t to_ms, const std::set<std::int64_t>& teams,
                               const std::set<std::int64_t>& keys,
                               const std::function<void(const Single&)>& visit) {
  with_entries(from_ms, to_ms, [&](const Packed& each) {
    if (!teams.empty() && !teams.contains(each.team)) return;
    if (!keys.empty() && !keys.contains(each.key)) return;
    visit(
        {.at_ms = each.at_ms, .team = each.team, .key = each.key, .user = each.user, .detail = each.detail});
  });
}

// Added up by whose they are.
std::string LedgerFile::entries_between(std::int64_t from_ms, std::int64_t to_ms) {
  std::map<std::array<std::int64_t, 3>, std::array<std::int64_t, 4>> sums;
  with_entries(from_ms, to_ms, [&](const Packed& each) {
    auto& sum = sums[{each.team, each.key, each.user}];
    sum[0] += 1;
    sum[1] += each.tokens;
    sum[2] += each.cost;
    sum[3] += each.charged;
  });

  database_.run(
      "CREATE TEMP TABLE IF NOT EXISTS recent(team INTEGER, key INTEGER, user INTEGER, requests INTEGER, "
      "tokens INTEGER, cost INTEGER, charged INTEGER); DELETE FROM recent");
  Statement insert = database_.prepare("INSERT INTO recent VALUES(?,?,?,?,?,?,?)");
  for (const auto& [whose, sum] : sums) {
    for (std::size_t i = 0; i < whose.size(); ++i) insert.bind(static_cast<int>(i + 1), whose[i]);
    for (std::size_t i = 0; i < sum.size(); ++i) insert.bind(static_cast<int>(i + 4), sum[i]);
    insert.run();
  }
  return "recent";
}

// From version 1, which kept a row an entry.
void LedgerFile::upgrade() {
  {
    Statement rows = database_.prepare(
        "SELECT seq, at, team, key, user, tokens, cost, charged, detail FROM entry ORDER BY seq");
    while (rows.step() == Statement::Step::row) {
      next_ = rows.integer(0);
      if (packet_.count > 0 && next_ != packet_.first + packet_.count) write_packet();
      pack({.at_ms = rows.integer(1),
            .team = rows.integer(2),
            .key = rows.integer(3),
            .user = rows.integer(4),
            .tokens = rows.integer(5),
            .cost = rows.integer(6),
            .charged = rows.integer(7),
            .detail = rows.bytes(8)});
    }
  }
  write_packet();
  database_.run("DROP TABLE entry");
}

}  // namespace gateway

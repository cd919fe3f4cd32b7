// LedgerFile::find: entries by the ids of their requests, whose hashes stand in rows of hundreds.
#include <algorithm>
#include <cstring>

#include "gateway/ledger/id_hash.hpp"
#include "gateway/ledger/ledger_file.hpp"

namespace gateway {
namespace {

constexpr std::size_t hash_bytes = 8, most_in_block = 512 * hash_bytes;

}  // namespace

void LedgerFile::read_end() {
  ids_ = {};
  has_new_ids_ = false;
  next_ =
      database_.number("SELECT coalesce((SELECT first + count FROM packet ORDER BY first DESC LIMIT 1), 1)");
  Statement last = database_.prepare("SELECT first, hashes FROM ids ORDER BY first DESC LIMIT 1");
  if (last.step() != Statement::Step::row) return;
  IdBlock block{.first = last.integer(0), .hashes = std::string(last.bytes(1))};
  // All of its entries may have been forgotten; their numbers are not given again.
  next_ = std::max(next_, block.first + static_cast<std::int64_t>(block.hashes.size() / hash_bytes));
  const bool goes_on = block.first + static_cast<std::int64_t>(block.hashes.size() / hash_bytes) == next_;
  if (goes_on) ids_ = std::move(block);
}

void LedgerFile::write_ids() {
  if (!has_new_ids_) return;
  kept("INSERT OR REPLACE INTO ids(first, hashes) VALUES(?, ?)")
      .bind(1, ids_.first)
      .bind_bytes(2, ids_.hashes)
      .run();
  has_new_ids_ = false;
}

// Of the entry that is added now.
void LedgerFile::add_id(std::string_view id) {
  if (ids_.hashes.size() >= most_in_block) write_ids(), ids_ = {};
  if (ids_.hashes.empty()) ids_.first = next_;
  const std::uint64_t hash = hash_of_id(id);
  ids_.hashes.append(reinterpret_cast<const char*>(&hash), hash_bytes);
  has_new_ids_ = true;
  ++next_;
}

std::optional<Entry> LedgerFile::find(std::string_view id, std::optional<std::string_view> key) {
  std::optional<Entry> found;
  with_hashes({hash_of_id(id)}, [&](std::int64_t seq, std::uint64_t) {
    std::optional<Entry> entry = entry_at(seq);
    if (!entry || entry->id != id || (key && entry->key != *key)) return true;
    found = std::move(entry);
    return false;
  });
  return found;
}

std::set<std::string, std::less<>> LedgerFile::known_ids(const std::vector<std::string>& ids) {
  write_ids();
  std::multimap<std::uint64_t, std::string> by_hash;
  std::set<std::uint64_t> hashes;
  for (const std::string& id : ids) {
    const std::uint64_t hash = hash_of_id(id);
    hashes.insert(hash);
    by_hash.emplace(hash, id);
  }
  std::set<std::string, std::less<>> known;
  with_hashes(hashes, [&](std::int64_t seq, std::uint64_t hash) {
    const std::optional<Entry> entry = entry_at(seq);
    const auto [begin, end] = by_hash.equal_range(hash);
    for (auto each = begin; each != end; ++each) {
      // Where the entry is damaged its hash speaks for it: better once not charged than twice.
      if (!entry || entry->id == each->second) known.insert(each->second);
    }
    return true;
  });
  return known;
}

void LedgerFile::with_hashes(const std::set<std::uint64_t>& hashes,
                             const std::function<bool(std::int64_t, std::uint64_t)>& visit) {
  if (hashes.empty()) return;
  const std::uint64_t only = *hashes.begin();
  const bool is_one = hashes.size() == 1;
  Statement blocks = database_.prepare("SELECT first, hashes FROM ids ORDER BY first DESC");
  while (blocks.step() == Statement::Step::row) {
    const std::int64_t first = blocks.integer(0);
    const std::string_view all = blocks.bytes(1);
    for (std::size_t i = 0; i + hash_bytes <= all.size(); i += hash_bytes) {
      std::uint64_t hash = 0;
      std::memcpy(&hash, all.data() + i, hash_bytes);
      if (is_one ? hash != only : !hashes.contains(hash)) continue;
      if (!visit(first + static_cast<std::int64_t>(i / hash_bytes), hash)) return;
    }
  }
}

std::optional<Entry> LedgerFile::entry_at(std::int64_t seq) {
  std::optional<Entry> found;
  const auto take = [&](std::int64_t first, std::string_view packet) {
    unpack(packet, [&](const Packed& packed) {
      if (first++ < seq) return true;
      Entry entry;
      if (!read_entry_detail(packed.detail, entry)) return false;
      entry.team = text_of(packed.team);
      entry.key = text_of(packed.key);
      entry.user = text_of(packed.user);
      found = std::move(entry);
      return false;
    });
  };
  if (packet_.count > 0 && seq >= packet_.first) {
    take(packet_.first, packet_.bytes.written());
    return found;
  }
  Statement& packet = kept("SELECT first, entries FROM packet WHERE first <= ? ORDER BY first DESC LIMIT 1");
  packet.bind(1, seq);
  if (packet.step() == Statement::Step::row) {
    const std::int64_t first = packet.integer(0);
    if (open_packet_ != first) {
      open_packet_ = first;
      open_stored_ = packet.bytes(1);
      open_entries_ = unpacked(open_stored_, open_room_).value_or("");
    }
    take(first, open_entries_);
  }
  packet.reset();
  return found;
}

}  // namespace gateway

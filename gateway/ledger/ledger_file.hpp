// The ledger on disk, in SQLite. Faults are SqliteFault.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/ledger/ledger_store.hpp"
#include "gateway/record_file/bytes.hpp"
#include "gateway/record_file/compression.hpp"
#include "gateway/record_file/sqlite.hpp"

namespace gateway {

class LedgerFile final : public LedgerStore {
 public:
  // Makes the file where there is none. Throws std::runtime_error in words where it is something else, or of
  // a newer version.
  LedgerFile(const std::string& path, Mode mode);

  void begin() override { database_.run("BEGIN IMMEDIATE"); }
  using LedgerStore::add;
  void add(const EntryView& entry, std::string_view detail) override;
  bool has(std::uint64_t epoch, std::uint64_t number) override;
  void note_read(std::uint64_t epoch, std::uint64_t number) override;
  bool is_closed(std::uint64_t epoch) override;
  void close_journal(std::uint64_t epoch) override;
  void commit() override;
  void roll_back() override;
  bool forget_before(std::int64_t at_ms) override;
  std::set<std::string, std::less<>> known_ids(const std::vector<std::string>& ids) override;
  std::optional<Entry> find(std::string_view id, std::optional<std::string_view> key = std::nullopt) override;
  int forget_user(std::string_view user) override;
  PolicyCosts costs_by_policy(std::int64_t from_ms, std::int64_t until_ms) override;

 private:
  // Hashes of the ids of entries that follow each other, eight bytes each: in an index each entry would be a
  // page of its own to write.
  struct IdBlock {
    std::int64_t first = 0;  // its entry's `seq`
    std::string hashes;
  };

  // Entries that follow each other: a row each would be two thirds of what an entry costs.
  struct Packet {
    std::int64_t first = 0, count = 0;    // `seq` of the first one
    std::int64_t from_ms = 0, to_ms = 0;  // when they ended
    ByteWriter bytes;
  };
  // Of one entry in it; `detail` is good as long as the packet's bytes.
  struct Packed {
    std::int64_t at_ms = 0, team = 0, key = 0, user = 0, tokens = 0, cost = 0, charged = 0;
    std::string_view detail;
  };

  void upgrade();
  void read_end();
  void pack(const Packed& entry);
  void write_packet();
  // Calls `visit(packed)` for each entry, until it returns false.
  static void unpack(std::string_view bytes, const std::function<bool(const Packed&)>& visit);
  // Of those that ended in between, of the transaction under way, too.
  void with_entries(std::int64_t from_ms, std::int64_t to_ms,
                    const std::function<void(const Packed&)>& visit);
  std::string entries_between(std::int64_t from_ms, std::int64_t to_ms) override;
  void visit_entries(std::int64_t from_ms, std::int64_t to_ms, const std::set<std::int64_t>& teams,
                     const std::set<std::int64_t>& keys,
                     const std::function<void(const Single&)>& visit) override;
  void write_ids();
  void add_id(std::string_view id);
  // Calls `visit(seq, hash)` for each entry whose id has one of the hashes, the newest blocks first, until it
  // returns false.
  void with_hashes(const std::set<std::uint64_t>& hashes,
                   const std::function<bool(std::int64_t, std::uint64_t)>& visit);
  std::optional<Entry> entry_at(std::int64_t seq);
  // One that is used again and again.
  Statement& kept(const std::string& sql);
  std::optional<std::int64_t> known_name(Whose kind, std::string_view text) override;
  std::int64_t new_name(Whose kind, std::string_view text) override;
  Texts texts(const std::set<std::int64_t>& names) override;
  std::vector<Numbers> select(const std::string& sql, const Numbers& values) override;
  std::string of_this_gateway() const override { return {}; }
  bool has_gateways() const override { return false; }
  std::string text_of(std::int64_t name);
  void write_sums();
  void write_regrets(const std::map<RegretPlace, RegretCounts>& all) override;

  Database database_;
  std::map<std::string, Statement> kept_;
  Packet packet_;  // of the transaction under way, behind those that are written
  Compressor compressor_{Compressor::Of::entries};
  // The packet that an entry was looked for in last, by its first one's `seq`: whoever looks for one looks
  // for its neighbours. 0: none.
  std::int64_t open_packet_ = 0;
  std::string_view open_entries_;
  std::string open_stored_, open_room_;
  IdBlock ids_;  // the last one
  bool has_new_ids_ = false;
  std::int64_t next_ = 1;                           // entry's `seq`
  Sums sums_;                                       // of the transaction under way
  std::map<std::uint64_t, std::uint64_t> read_to_;  // by epoch
};

}  // namespace gateway

// The ledger in PostgreSQL, to which several gateways write. Faults are PostgresFault, after which the object
// is of no use: what its last commit did is known once another one has read how far the journals are.
#pragma once

#include <chrono>

#include "gateway/ledger/ledger_store.hpp"
#include "gateway/postgres/connection.hpp"

namespace gateway {

class PostgresLedger final : public LedgerStore {
 public:
  // `gateway` is the name of this one. Mode::write makes the tables what they must be.
  PostgresLedger(const PostgresAddress& address, const std::string& gateway, Mode mode,
                 std::chrono::milliseconds patience);

  // Nothing is sent before commit(), so that no lock is held while entries come.
  void begin() override;
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
  std::optional<std::int64_t> known_name(Whose kind, std::string_view text) override;
  std::int64_t new_name(Whose kind, std::string_view text) override;
  Texts texts(const std::set<std::int64_t>& names) override;
  std::string entries_between(std::int64_t from_ms, std::int64_t to_ms) override;
  void visit_entries(std::int64_t from_ms, std::int64_t to_ms, const std::set<std::int64_t>& teams,
                     const std::set<std::int64_t>& keys,
                     const std::function<void(const Single&)>& visit) override;
  std::vector<Numbers> select(const std::string& sql, const Numbers& values) override;
  std::string of_this_gateway() const override { return " AND gateway=" + std::to_string(gateway_); }
  bool has_gateways() const override { return true; }

  // How far the journal is, as far as this object knows; -1: not there.
  std::int64_t position(std::uint64_t epoch);
  void make_partitions();
  void write_regrets(const std::map<RegretPlace, RegretCounts>& all) override;
  void advance_journals();
  template <class Table>
  void write_sums(const Table& sums, const std::string& table, const std::string& keys);

  Postgres database_;
  std::chrono::steady_clock::time_point names_until_{};
  std::int64_t gateway_ = 0;
  std::set<std::int64_t> months_;  // that have a partition, since year 0
  std::map<std::uint64_t, std::int64_t> positions_;
  // Of the transaction under way.
  Sums sums_;
  std::string rows_;  // of entries, as COPY reads them
  std::set<std::string, std::less<>> ids_;
  std::set<std::int64_t> needed_months_;
  std::map<std::uint64_t, std::uint64_t> read_to_;
  std::set<std::uint64_t> closing_;
};

}  // namespace gateway

// The ledger on disk, in SQLite: every request's entry, and their sums by hour and by day. Belongs to one
// thread; faults are SqliteFault.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/accounts/books.hpp"
#include "gateway/ledger/entry.hpp"
#include "gateway/record_file/sqlite.hpp"

namespace gateway {

enum class Whose { team, key, user, model, endpoint, tag };

class LedgerFile {
 public:
  enum class Mode { read, write };
  // Makes the file where there is none. Throws std::runtime_error in words where it is something else, or of
  // a newer version.
  LedgerFile(const std::string& path, Mode mode);

  void begin() { database_.run("BEGIN IMMEDIATE"); }
  void add(const Entry& entry);
  // Whether the journal's entry of this number is there already.
  bool has(std::uint64_t epoch, std::uint64_t number);
  void note_read(std::uint64_t epoch, std::uint64_t number);
  // Of a journal that will never be read again.
  bool is_closed(std::uint64_t epoch);
  void close_journal(std::uint64_t epoch);
  void commit();
  void roll_back();
  // Removes some of what ended before; true when there may be more.
  bool forget_before(std::int64_t at_ms);

  // Which of these ids have an entry, of the transaction under way, too. Looks at all that there are, once.
  std::set<std::string, std::less<>> known_ids(const std::vector<std::string>& ids);
  // Where `key` is named, of its own alone.
  std::optional<Entry> find(std::string_view id, std::optional<std::string_view> key = std::nullopt);

  struct Sum {
    std::string key, name;  // `key` of users alone
    std::int64_t requests = 0, tokens = 0, charged = 0, cost = 0;
  };
  // Of each team, key or user, or of all, since a moment.
  std::vector<Sum> sums(Scope scope, config::WallTime since);
  Sum sum_of_key(std::string_view key, config::WallTime since);

  struct SpendRow {
    std::vector<std::string> of;  // as asked for
    std::int64_t requests = 0, prompt = 0, output = 0, cached = 0, reasoning = 0, cost = 0, charged = 0;
  };
  // By what, of days since 1970 (UTC) from and to; throws std::runtime_error where it cannot be told so.
  // `only_key`: of this one alone.
  std::vector<SpendRow> spend(const std::vector<std::string>& by, std::int64_t from_day, std::int64_t to_day,
                              std::optional<std::string_view> only_key = std::nullopt);
  // What is stored about a user is then about nobody. Returns how many names were forgotten.
  int forget_user(std::string_view user);
  // What another connection to the file may have renamed.
  void forget_names() { names_.clear(); }

 private:
  struct Counts {
    std::int64_t requests = 0, prompt = 0, cached = 0, output = 0, reasoning = 0, cost = 0, charged = 0;
    void add(const Counts& other);
  };
  using Place = std::array<std::int64_t, 5>;  // hour, team, key, model, endpoint
  // Hashes of the ids of entries that follow each other, eight bytes each: in an index each entry would be a
  // page of its own to write.
  struct IdBlock {
    std::int64_t first = 0;  // its entry's `seq`
    std::string hashes;
  };

  void read_end();
  void write_ids();
  void add_id(std::string_view id);
  // Calls `visit(seq)` for each entry whose id has one of the hashes, the newest blocks first, until it
  // returns false.
  void with_hashes(const std::set<std::uint64_t>& hashes, const std::function<bool(std::int64_t)>& visit);
  std::optional<Entry> entry_at(std::int64_t seq);
  // One that is used again and again.
  Statement& kept(const std::string& sql);
  std::int64_t name(Whose kind, std::string_view text);
  std::optional<std::int64_t> known_name(Whose kind, std::string_view text);
  std::string text_of(std::int64_t name);
  void write_sums();
  std::vector<Sum> edge(Scope scope, std::int64_t from_ms, std::int64_t to_ms);

  Database database_;
  std::map<std::string, Statement> kept_;
  IdBlock ids_;  // the last one
  bool has_new_ids_ = false;
  std::int64_t next_ = 1;  // entry's `seq`
  std::unordered_map<std::string, std::int64_t> names_;
  std::map<Place, Counts> hours_;                               // of the transaction under way
  std::map<std::array<std::int64_t, 3>, Counts> users_, tags_;  // hour, key, user; day, key, tag
  std::map<std::uint64_t, std::uint64_t> read_to_;              // by epoch
};

}  // namespace gateway

// Where the ledger is: every request's entry, and their sums by hour and by day. Belongs to one thread;
// faults are thrown as std::runtime_error.
#pragma once

#include <array>
#include <cstdint>
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

namespace gateway {

enum class Whose { team, key, user, model, endpoint, tag, gateway };
enum class SpendWord;

class LedgerStore {
 public:
  enum class Mode { read, write };
  virtual ~LedgerStore() = default;

  // What comes between these two is there at once, or not at all.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void roll_back() = 0;
  // `detail`: its entry_detail(). What they are views into may go then.
  virtual void add(const EntryView& entry, std::string_view detail) = 0;
  void add(const Entry& entry);
  // Whether the journal's entry of this number is there already.
  virtual bool has(std::uint64_t epoch, std::uint64_t number) = 0;
  virtual void note_read(std::uint64_t epoch, std::uint64_t number) = 0;
  // Of a journal that will never be read again.
  virtual bool is_closed(std::uint64_t epoch) = 0;
  virtual void close_journal(std::uint64_t epoch) = 0;
  // Removes some of what ended before; true when there may be more.
  virtual bool forget_before(std::int64_t at_ms) = 0;

  // Which of these ids have an entry, of the transaction under way, too. Looks at all that there are, once.
  virtual std::set<std::string, std::less<>> known_ids(const std::vector<std::string>& ids) = 0;
  // Where `key` is named, of its own alone.
  virtual std::optional<Entry> find(std::string_view id,
                                    std::optional<std::string_view> key = std::nullopt) = 0;
  // What is stored about a user is then about nobody. Returns how many names were forgotten.
  virtual int forget_user(std::string_view user) = 0;
  // What requests under each policy cost that ended from a moment on and before another one, both in
  // milliseconds since 1970. Reads every entry of that time.
  struct PolicyCost {
    std::int64_t own = 0, others = 0;  // of this gateway, and of the others that write here
  };
  using PolicyCosts = std::map<std::string, PolicyCost>;
  virtual PolicyCosts costs_by_policy(std::int64_t from_ms, std::int64_t until_ms) = 0;

  // What another connection to it may have renamed.
  void forget_names() { names_.clear(); }

  struct Sum {
    std::string key, name;  // `key` of users alone
    std::int64_t requests = 0, tokens = 0, charged = 0, cost = 0;
  };
  // Of all gateways that write here, or of this one alone.
  enum class Writers { all, this_one };
  // Of each team, key or user, or of all, since a moment; one that is there twice is to be added up.
  std::vector<Sum> sums(Scope scope, config::WallTime since, Writers writers = Writers::all);
  Sum sum_of_key(std::string_view key, config::WallTime since);
  // Of one alone, by the names of the gateways that wrote it.
  std::map<std::string, Sum> sums_by_gateway(Scope scope, std::string_view key, std::string_view name,
                                             config::WallTime since);

  // Choices that were judged afterwards, of one day, by who asked whom for what. Nano-dollars, waiting
  // included.
  struct Regret {
    std::int64_t day = 0;  // since 1970
    std::string team, key, model, endpoint;
    std::int64_t requests = 0;
    std::int64_t regret = 0;  // what the best other host would have saved
    std::int64_t cost = 0;    // of what was chosen
  };
  // In a transaction of its own.
  void add_regrets(const std::vector<Regret>& all);

  struct SpendRow {
    std::vector<std::string> of;  // as asked for
    std::int64_t requests = 0, prompt = 0, output = 0, cached = 0, reasoning = 0, cost = 0, charged = 0;
    // Of the requests that were judged; absent where it is not kept by what was asked for.
    std::optional<std::int64_t> judged{};
    std::int64_t regret = 0, judged_cost = 0;
  };
  // What is left in, by words that can be summed by, but for times: what has one of these names. An empty
  // name is that of what has none.
  using SpendOnly = std::map<std::string, std::set<std::string>, std::less<>>;
  // By what of `spend_words`, of days since 1970 (UTC) from and to; throws std::runtime_error where it cannot
  // be told so. Sums of days tell of teams, keys, models and endpoints, of keys and users, and of keys and
  // tags; anything else is read from single entries, as long as they are kept. What is for no user, or has no
  // tag, is in no sum by them.
  std::vector<SpendRow> spend(const std::vector<std::string>& by, std::int64_t from_day, std::int64_t to_day,
                              const SpendOnly& only = {});

 protected:
  struct Counts {
    std::int64_t requests = 0, prompt = 0, cached = 0, output = 0, reasoning = 0, cost = 0, charged = 0;
    void add(const Counts& other);
  };
  using Place = std::array<std::int64_t, 5>;  // hour, team, key, model, endpoint
  using UserPlace = std::array<std::int64_t, 3>;
  // What one transaction adds to the sums.
  struct Sums {
    std::map<Place, Counts> hours;
    std::map<UserPlace, Counts> users, tags;  // hour, key, user; day, key, tag
    std::map<Place, Counts> days() const;
    std::map<UserPlace, Counts> user_days() const;
    void clear() { hours.clear(), users.clear(), tags.clear(); }
  };
  // Names are numbers here; 0 is none.
  struct Named {
    std::int64_t team = 0, key = 0, user = 0;
  };
  Named count(const EntryView& entry, Sums& sums);
  // The number of a name, which is made where there is none; kept here once it is known.
  std::int64_t name(Whose kind, std::string_view text);
  virtual std::optional<std::int64_t> known_name(Whose kind, std::string_view text) = 0;
  virtual std::int64_t new_name(Whose kind, std::string_view text) = 0;
  using Texts = std::map<std::int64_t, std::string>;
  virtual Texts texts(const std::set<std::int64_t>& names) = 0;
  // Rows of whole numbers; each ? stands for the next of `values`.
  using Numbers = std::vector<std::int64_t>;
  virtual std::vector<Numbers> select(const std::string& sql, const Numbers& values) = 0;
  // Entries that ended from then on and before, as a table with the columns of sums: team, key, user,
  // requests, tokens, cost, charged.
  virtual std::string entries_between(std::int64_t from_ms, std::int64_t to_ms) = 0;
  struct Single {
    std::int64_t at_ms = 0, team = 0, key = 0, user = 0;
    std::string_view detail{};  // good until the visit ends
  };
  // Each entry that ended from then on and before, of these teams and keys alone where some are named.
  virtual void visit_entries(std::int64_t from_ms, std::int64_t to_ms, const std::set<std::int64_t>& teams,
                             const std::set<std::int64_t>& keys,
                             const std::function<void(const Single&)>& visit) = 0;
  // The condition that leaves those in whom this gateway has written; empty where only one writes.
  virtual std::string of_this_gateway() const = 0;
  virtual bool has_gateways() const = 0;
  using RegretPlace = std::array<std::int64_t, 5>;  // day, team, key, model, endpoint
  using RegretCounts = std::array<std::int64_t, 3>;
  virtual void write_regrets(const std::map<RegretPlace, RegretCounts>& all) = 0;

 private:
  std::unordered_map<std::string, std::int64_t> names_;

  // For spend().
  struct Condition {
    std::string sql;
    Numbers values;
    void add(const std::string& column, const std::set<std::int64_t>& one_of);
  };
  static Condition between(const std::string& column, std::int64_t from, std::int64_t to);
  using Found = std::map<Numbers, Numbers>;  // counts by place
  static Found folded(const std::vector<Numbers>& rows, const std::vector<SpendWord>& by, std::size_t counts);
  std::map<std::int64_t, std::int64_t> requests_by_day(const std::string& table, const Condition& where);
  std::vector<Numbers> spend_of_entries(const std::vector<SpendWord>& by, std::int64_t from_day,
                                        std::int64_t to_day, const SpendOnly& only,
                                        const std::map<SpendWord, std::set<std::int64_t>>& numbers,
                                        Texts& texts);
  // Rows by `by`, of entries up to a whole hour and of sums from there on.
  std::vector<Numbers> rows_since(const std::string& by, const std::string& condition, bool of_users,
                                  const Numbers& values, config::WallTime since);
};

}  // namespace gateway

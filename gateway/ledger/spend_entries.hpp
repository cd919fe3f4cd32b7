// Sums of spending out of single entries, by whatever they say. Values; belong to one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/ledger/entry.hpp"
#include "gateway/ledger/ledger_store.hpp"
#include "gateway/ledger/spend_words.hpp"

namespace gateway {

class SpendEntries {
 public:
  using Numbers = std::vector<std::int64_t>;
  // `only`: what is left in, by names for those words that the ledger has no numbers for here: `users` has
  // them of the users. Views that must stay as they are.
  SpendEntries(const std::vector<SpendWord>& by, const LedgerStore::SpendOnly& only,
               const std::set<std::int64_t>& users);

  void add(std::int64_t at_ms, std::int64_t team, std::int64_t key, std::int64_t user,
           const EntryView& entry);

  // By what was asked for, and the seven counts. Teams, keys and users are numbers of the ledger's, times are
  // hours or days, everything else is a number of word().
  std::vector<Numbers> rows() const;
  const std::string& word(std::int64_t number) const { return *words_[static_cast<std::size_t>(number)]; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    std::size_t operator()(const Numbers& numbers) const;
  };
  using Names = std::set<std::string>;

  std::int64_t number_of(std::string_view word);
  void add_attempt(const EntryView& entry, const EntryView::Attempt& attempt, bool decides);
  bool has_tag(const EntryView& entry) const;

  const std::vector<SpendWord>& by_;
  const std::set<std::int64_t>& users_;
  const Names *tags_ = nullptr, *models_ = nullptr, *endpoints_ = nullptr, *providers_ = nullptr,
              *policies_ = nullptr;
  bool by_user_ = false, by_tag_ = false;
  Numbers place_;  // of the entry that is added
  std::unordered_map<Numbers, std::array<std::int64_t, 7>, Hash> sums_;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> words_;
};

}  // namespace gateway

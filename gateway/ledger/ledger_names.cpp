// LedgerStore::name: names as numbers, looked up once.
#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

std::int64_t LedgerStore::name(Whose kind, std::string_view text) {
  if (text.empty()) return 0;
  constexpr std::size_t most_kept = 200'000;
  std::string known(1, static_cast<char>('0' + static_cast<int>(kind)));
  known += text;
  const auto found = names_.find(known);
  if (found != names_.end()) return found->second;
  const std::optional<std::int64_t> there = known_name(kind, text);
  const std::int64_t id = there ? *there : new_name(kind, text);
  if (names_.size() >= most_kept) names_.clear();
  names_.emplace(std::move(known), id);
  return id;
}

}  // namespace gateway

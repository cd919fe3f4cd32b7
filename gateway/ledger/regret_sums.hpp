// What judged choices were dearer than the best other host, summed by day and by who asked whom for what, on
// its way to the ledger. Belongs to the control loop.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gateway/ledger/ledger_store.hpp"
#include "gateway/observe/record.hpp"

namespace gateway {

class RegretSums {
 public:
  void add(std::span<const RecordPtr> records);
  // What was added since; nothing is left.
  std::vector<LedgerStore::Regret> take();
  bool is_empty() const { return sums_.empty(); }

 private:
  using Place = std::array<std::string, 4>;  // team, key, model, endpoint
  std::map<std::pair<std::int64_t, Place>, LedgerStore::Regret> sums_;
};

}  // namespace gateway

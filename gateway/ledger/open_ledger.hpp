// Where a configuration keeps its ledger: in a file of the state directory, or in PostgreSQL.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "config/values/settings.hpp"
#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

struct LedgerPlace {
  std::string directory;  // of the state
  config::LedgerSettings settings;
  std::string gateway;  // this one's name, where several write

  bool is_shared() const { return !settings.url.empty(); }
  // For messages.
  std::string words() const;
};

// Throws std::runtime_error in words.
std::unique_ptr<LedgerStore> open_ledger(const LedgerPlace& place, LedgerStore::Mode mode);
// The same of a database that may be about to come up: waits for it, and then for what takes long. `say` is
// told so once.
std::unique_ptr<LedgerStore> await_ledger(const LedgerPlace& place,
                                          const std::function<void(const std::string&)>& say);
// What went wrong, where a full disk is said to be one; and at the start, in a sentence with its place.
std::string fault_words(const LedgerPlace& place, const std::exception& fault);
std::string opening_fault(const LedgerPlace& place, const std::exception& fault);

}  // namespace gateway

// What journals hold whose process is gone, however it went: brought into the ledger once.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

// The journal of a process that has given the directory to another one, but still serves.
std::string leaving_journal(const std::string& directory, std::uint64_t epoch);

struct LeftBehind {
  std::size_t entries = 0;            // that were brought in
  std::vector<std::string> living{};  // journals that a process still writes; they stay
};
// Of all journals in the directory, which nobody else may own; they are removed. Requests that were under way
// are charged with what was set aside for them, unless no host had been asked.
LeftBehind take_up_left(LedgerStore& store, const std::string& directory,
                        const std::function<void(const std::string&)>& say);

}  // namespace gateway

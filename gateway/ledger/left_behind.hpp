// What journals hold whose process is gone, however it went: brought into the ledger once.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

// Of all journals in the directory, which nobody else may own; they are removed. Requests that were under way
// are charged with what was set aside for them, unless no host had been asked. Returns how many entries there
// were.
std::size_t take_up_left(LedgerStore& store, const std::string& directory,
                         const std::function<void(const std::string&)>& say);

}  // namespace gateway

// Where a configuration keeps the keys that are made while gateways run: beside its ledger.
#pragma once

#include "gateway/keys/key_table.hpp"
#include "gateway/ledger/open_ledger.hpp"

namespace gateway {

std::unique_ptr<KeyTable> open_keys(const LedgerPlace& place);

}  // namespace gateway

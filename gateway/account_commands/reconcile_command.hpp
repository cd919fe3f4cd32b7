// `isocost spend reconcile`: a provider's invoice or usage export beside the ledger.
#pragma once

#include <memory>

#include "gateway/account_commands/spend_call.hpp"
#include "gateway/text/command.hpp"

namespace gateway {

// To `spend`, whose options say whom to ask, and of which days and whom.
Command add_reconcile(CLI::App& spend, std::shared_ptr<const SpendOptions> options);

}  // namespace gateway

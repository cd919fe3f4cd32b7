// What a provider bills against what the ledger has, by day and model. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/account_commands/invoice.hpp"

namespace gateway {

struct ReconciledLine {
  std::string day, model;
  double ledger = 0, invoice = 0;
  bool is_within = true;  // what is tolerated

  double difference() const { return invoice - ledger; }
};
struct Reconciliation {
  std::vector<ReconciledLine> lines;  // by day and model
  ReconciledLine all;
  bool agrees() const;
};

struct Tolerance {
  double share = 0.01;      // of the larger side
  double dollars = 0.0001;  // beside it
};
// `names`: what the invoice calls a model → what the ledger does. Else a model of the invoice is the one of
// the ledger with the same name, or the same behind the last slash, or with a date behind, or in the same
// letters and digits.
Reconciliation reconcile(const std::vector<BilledLine>& ledger, const std::vector<BilledLine>& invoice,
                         const std::map<std::string, std::string>& names, Tolerance tolerance);

}  // namespace gateway

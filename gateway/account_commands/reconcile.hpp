// What a provider bills, by its invoice or usage export (CSV), against what the ledger has. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gateway {

// One line of either side. `model` as that side calls it; empty where it does not say.
struct BilledLine {
  std::string day;  // "2026-11-28"
  std::string model;
  double dollars = 0;
};

// The names of the columns; those that are empty are looked for under the names that providers use.
struct InvoiceColumns {
  std::string day, model, cost;
};
// The lines of the file, or why it cannot be read.
std::variant<std::vector<BilledLine>, std::string> read_invoice(std::string_view text,
                                                                const InvoiceColumns& columns);

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
// the ledger with the same name, or the same behind the last slash, or with a date behind.
Reconciliation reconcile(const std::vector<BilledLine>& ledger, const std::vector<BilledLine>& invoice,
                         const std::map<std::string, std::string>& names, Tolerance tolerance);

}  // namespace gateway

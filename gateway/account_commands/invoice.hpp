// A provider's invoice or usage export (CSV) as lines of days, models and dollars. Pure.
#pragma once

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

// The names of the columns; those that are empty are looked for under the names that providers use. A column
// of costs that is named is taken to be in dollars, whatever the file says of its currency.
struct InvoiceColumns {
  std::string day, model, cost;
};

struct Invoice {
  std::vector<BilledLine> lines;
  std::string note;  // what is to be known of its days; mostly empty
};

// What the file says, or why it cannot be read. Moments that say how far from UTC they are are of the day
// that UTC had; days of another place, which begin at its midnight, stay what they are called, and the note
// says so.
std::variant<Invoice, std::string> read_invoice(std::string_view text, const InvoiceColumns& columns);

// For comparing titles, and names that people write: "Cost (USD)" is "costusd".
std::string folded(std::string_view title);

}  // namespace gateway

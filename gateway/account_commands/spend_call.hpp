// What is asked of what was spent, and its answer: the running gateway's, or, where none runs, the ledger's.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "gateway/account_commands/administering.hpp"
#include "gateway/ledger/spend_words.hpp"

namespace gateway {

struct SpendOptions {
  ReachOptions reach;
  std::string by = "day", from, to;
  bool says_by = false;                                    // that was said
  std::array<std::vector<std::string>, spend_names> only;  // in the order of spend_words
  bool as_csv = false, as_json = false;
};

Reached spent(const SpendOptions& options);

// A report in JSON, or nothing where the text is none: another program may have the address.
std::optional<boost::json::object> report_of(const std::string& text);
std::string no_report(const SpendOptions& options);

}  // namespace gateway

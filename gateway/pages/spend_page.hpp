// GET /admin/spend: what was spent, summed by the words that are asked for. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/ledger/ledger_store.hpp"

namespace gateway {

enum class SpendForm { json, csv };
struct SpendAsked {
  std::vector<std::string> by{};
  std::int64_t from_day = 0, to_day = 0;  // since 1970
  LedgerStore::SpendOnly only{};
  SpendForm form = SpendForm::json;
};
// What a query asks for: `by`, `from`, `to`, `format`, and of each word that is no time whose spending alone,
// as often as wanted. Otherwise what is wrong with it.
std::variant<SpendAsked, std::string> spend_asked(std::string_view query, std::int64_t today);
std::string spend_page(LedgerStore& file, const SpendAsked& asked);
// RFC 4180; and what a table would take for a formula is text.
std::string csv_cell(const std::string& text);
// Days since 1970 of "2026-11-28".
std::optional<std::int64_t> day_of(std::string_view date);

}  // namespace gateway

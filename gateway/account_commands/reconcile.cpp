#include "gateway/account_commands/reconcile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "config/values/timestamp.hpp"
#include "gateway/ledger/spend_words.hpp"

namespace gateway {
namespace {

// One line of a CSV file, with its quotes read (RFC 4180); takes it off the text.
std::vector<std::string> take_row(std::string_view& text) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cells.back() += text[++at];
      } else {
        is_quoted = false;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '\n') {
      break;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  text.remove_prefix(std::min(text.size(), at + 1));
  return cells;
}

// For comparing titles: "Cost (USD)" is "costusd".
std::string folded(std::string_view title) {
  std::string text;
  for (const char c : title) {
    if (c >= 'A' && c <= 'Z') {
      text += static_cast<char>(c | 0x20);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      text += c;
    }
  }
  return text;
}

constexpr std::array<std::string_view, 10> day_titles{
    "date",         "day",       "usagedate", "usagedateutc", "starttime",
    "starttimeiso", "startdate", "timestamp", "createdat",    "bucketstart"};
constexpr std::array<std::string_view, 9> model_titles{"model",     "modelname", "modelversion",
                                                       "modelslug", "modelid",   "snapshotid",
                                                       "lineitem",  "sku",       "description"};
constexpr std::array<std::string_view, 9> cost_titles{"cost",         "costusd",     "amount",
                                                      "amountusd",    "amountvalue", "totalcost",
                                                      "totalcostusd", "costtotal",   "usage"};

std::optional<std::size_t> column(const std::vector<std::string>& titles, const std::string& named,
                                  std::span<const std::string_view> known) {
  const auto place = [&](std::string_view wanted) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < titles.size(); ++i) {
      if (folded(titles[i]) == wanted) return i;
    }
    return std::nullopt;
  };
  if (!named.empty()) return place(folded(named));
  for (const std::string_view each : known) {
    if (const auto found = place(each)) return found;
  }
  return std::nullopt;
}

// "2026-11-28", with or without a time behind, or seconds since 1970.
std::optional<std::string> day_in(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_date = text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
                       std::all_of(text.begin(), text.begin() + 4, is_digit);
  if (is_date) {
    std::string day(text.substr(0, 10));
    return config::is_month_or_day(day) ? std::optional(std::move(day)) : std::nullopt;
  }
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1'000'000'000)
    return std::nullopt;
  if (seconds > 100'000'000'000) seconds /= 1'000;
  return date_of(seconds / 86'400);
}

// More than any bill.
constexpr double most_dollars = 1e12;

// "$1,234.50" or "0.0012".
std::optional<double> dollars_in(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '$' && c != ',' && c != ' ') plain += c;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  const bool is_read =
      error == std::errc() && end == plain.data() + plain.size() && std::abs(value) < most_dollars;
  return is_read && !plain.empty() ? std::optional(value) : std::nullopt;
}

// Without the company before and the date behind: "openai/gpt-4o-2024-08-06" is "gpt-4o".
std::string bare(std::string_view model) {
  std::string name(model.substr(model.rfind('/') + 1));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  const auto ends_with_date = [&](std::string_view pattern) {
    if (name.size() <= pattern.size()) return false;
    const std::string_view end = std::string_view(name).substr(name.size() - pattern.size());
    return std::equal(end.begin(), end.end(), pattern.begin(),
                      [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
  };
  for (const std::string_view pattern : {"-0000-00-00", "-00000000", "@00000000"}) {
    if (ends_with_date(pattern)) {
      name.resize(name.size() - pattern.size());
      break;
    }
  }
  return name;
}

void judge(ReconciledLine& line, Tolerance tolerance) {
  const double most = std::max(std::abs(line.ledger), std::abs(line.invoice));
  line.is_within = std::abs(line.difference()) <= tolerance.share * most + tolerance.dollars;
}

}  // namespace

std::variant<std::vector<BilledLine>, std::string> read_invoice(std::string_view text,
                                                                const InvoiceColumns& columns) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  const std::vector<std::string> titles = take_row(text);
  const auto day = column(titles, columns.day, day_titles);
  const auto model = column(titles, columns.model, model_titles);
  const auto cost = column(titles, columns.cost, cost_titles);
  if (!day) return "no column says the day; name it with --day-column";
  if (!cost) return "no column says what was billed; name it with --cost-column";
  if (!columns.model.empty() && !model) return "there is no column `" + columns.model + "`";
  std::vector<BilledLine> lines;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::vector<std::string> cells = take_row(text);
    const bool is_empty = std::ranges::all_of(cells, [](const std::string& cell) { return cell.empty(); });
    if (is_empty) continue;
    const auto cell = [&](std::size_t place) {
      return place < cells.size() ? std::string_view(cells[place]) : std::string_view();
    };
    const auto date = day_in(cell(*day));
    const auto dollars = dollars_in(cell(*cost));
    if (!date) {
      // Sums stand below the lines that they are of.
      if (dollars && !lines.empty() && cell(*day).empty()) continue;
      return "line " + std::to_string(number) + ": `" + std::string(cell(*day)) +
             "` is no day such as 2026-11-28";
    }
    if (!dollars) {
      return "line " + std::to_string(number) + ": `" + std::string(cell(*cost)) +
             "` is no amount of dollars";
    }
    lines.push_back({.day = *date, .model = model ? std::string(cell(*model)) : "", .dollars = *dollars});
  }
  if (lines.empty()) return "there is no line in it";
  return lines;
}

Reconciliation reconcile(const std::vector<BilledLine>& ledger, const std::vector<BilledLine>& invoice,
                         const std::map<std::string, std::string>& names, Tolerance tolerance) {
  std::map<std::string, std::string> by_bare;
  std::set<std::string> known;
  for (const BilledLine& line : ledger) {
    by_bare.emplace(bare(line.model), line.model);
    known.insert(line.model);
  }
  const auto ours = [&](const std::string& theirs) {
    if (const auto named = names.find(theirs); named != names.end()) return named->second;
    if (known.contains(theirs)) return theirs;
    const auto same = by_bare.find(bare(theirs));
    return same == by_bare.end() ? theirs : same->second;
  };
  // An invoice that names no models is compared by day alone.
  const bool by_model =
      std::ranges::any_of(invoice, [](const BilledLine& line) { return !line.model.empty(); });
  std::map<std::pair<std::string, std::string>, ReconciledLine> lines;
  const auto line_of = [&](const std::string& day, const std::string& model) -> ReconciledLine& {
    const std::string shown = by_model ? model : "";
    ReconciledLine& line = lines[{day, shown}];
    line.day = day, line.model = shown;
    return line;
  };
  for (const BilledLine& each : ledger) line_of(each.day, each.model).ledger += each.dollars;
  for (const BilledLine& each : invoice) line_of(each.day, ours(each.model)).invoice += each.dollars;
  Reconciliation result;
  for (auto& [key, line] : lines) {
    judge(line, tolerance);
    result.all.ledger += line.ledger;
    result.all.invoice += line.invoice;
    result.lines.push_back(std::move(line));
  }
  judge(result.all, tolerance);
  return result;
}

bool Reconciliation::agrees() const {
  return all.is_within && std::ranges::all_of(lines, &ReconciledLine::is_within);
}

}  // namespace gateway

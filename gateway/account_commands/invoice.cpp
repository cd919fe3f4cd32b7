#include "gateway/account_commands/invoice.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
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

constexpr std::array<std::string_view, 11> day_titles{
    "date",         "day",       "utcdate",   "usagedate", "usagedateutc", "starttime",
    "starttimeiso", "startdate", "timestamp", "createdat", "bucketstart"};
constexpr std::array<std::string_view, 10> model_titles{
    "model",   "modelname",  "modelversion", "modelslug", "modelpermaslug",
    "modelid", "snapshotid", "lineitem",     "sku",       "description"};
constexpr std::array<std::string_view, 9> cost_titles{"cost",         "costusd",     "amount",
                                                      "amountusd",    "amountvalue", "totalcost",
                                                      "totalcostusd", "costtotal",   "usage"};
constexpr std::array<std::string_view, 5> currency_titles{"currency", "amountcurrency", "costcurrency",
                                                          "billingcurrency", "currencycode"};
constexpr std::array<std::string_view, 1> price_titles{"price"};

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

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct BilledDay {
  std::string name;      // "2026-11-28"
  int minutes_east = 0;  // of UTC, where it begins at the midnight of another place
};

// The digits that `text` begins with, so many of them; takes them off.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + static_cast<long>(digits), is_digit))
    return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

// "+08:00", "-0430", "Z" or nothing, in minutes; nothing of anything else.
std::optional<int> minutes_east_in(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z" || text == " UTC") return 0;
  const int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  if (text.starts_with(':')) text.remove_prefix(1);
  const auto minutes = text.empty() ? std::optional(0) : take_number(text, 2);
  if (sign == 0 || !hours || !minutes || !text.empty() || *hours > 14) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// A day with what stands behind it: a time, and how far from UTC.
std::optional<BilledDay> day_with(std::string day, std::string_view rest) {
  if (!config::is_month_or_day(day)) return std::nullopt;
  if (rest.starts_with('T') || rest.starts_with('t') || rest.starts_with(' ')) rest.remove_prefix(1);
  const auto hours = take_number(rest, 2);
  if (!hours) return BilledDay{std::move(day)};
  int minutes = *hours * 60;
  bool is_midnight = *hours == 0;
  for (const int unit : {1, 0}) {
    if (!rest.starts_with(':')) break;
    rest.remove_prefix(1);
    const auto value = take_number(rest, 2);
    if (!value) break;
    is_midnight &= *value == 0;
    minutes += unit * *value;
  }
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
  }
  const auto east = minutes_east_in(rest);
  if (!east || *east == 0) return BilledDay{std::move(day)};
  if (is_midnight) return BilledDay{std::move(day), *east};
  const auto midnight = config::parse_timestamp(day + " 00:00:00");
  if (!midnight) return std::nullopt;
  return BilledDay{config::day_text(
      std::chrono::floor<std::chrono::seconds>(*midnight + std::chrono::minutes(minutes - *east)))};
}

// "2026-11-28" or "20261128", with or without a time behind, or seconds since 1970.
std::optional<BilledDay> day_in(std::string_view text) {
  if (text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
      std::all_of(text.begin(), text.begin() + 4, is_digit))
    return day_with(std::string(text.substr(0, 10)), text.substr(10));
  if (text.size() == 8 && std::ranges::all_of(text, is_digit)) {
    const std::string all(text);
    return day_with(all.substr(0, 4) + "-" + all.substr(4, 2) + "-" + all.substr(6), {});
  }
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1'000'000'000)
    return std::nullopt;
  if (seconds > 100'000'000'000) seconds /= 1'000;
  return BilledDay{date_of(seconds / 86'400)};
}

// More than any bill.
constexpr double most_dollars = 1e12;

// Whether commas stand before each three digits alone: "1,234.50" and not "0,247", which is a quarter where
// commas are points.
bool has_thousands(std::string_view text) {
  const std::string_view whole = text.substr(0, text.find('.'));
  const std::size_t first = whole.find(',');
  if (first == std::string_view::npos) return text.find(',') == std::string_view::npos;
  std::string_view begin = whole.substr(0, first);
  if (begin.starts_with('-')) begin.remove_prefix(1);
  if (begin.empty() || begin.size() > 3 || begin.front() == '0') return false;
  for (std::size_t at = first; at < whole.size(); at += 4) {
    if (whole[at] != ',' || whole.size() < at + 4) return false;
  }
  return text.find(',', whole.size()) == std::string_view::npos;
}

// "$1,234.50" or "0.0012".
std::optional<double> dollars_in(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '$' && c != ' ') plain += c;
  }
  if (!has_thousands(plain)) return std::nullopt;
  std::erase(plain, ',');
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  const bool is_read =
      error == std::errc() && end == plain.data() + plain.size() && std::abs(value) < most_dollars;
  return is_read && !plain.empty() ? std::optional(value) : std::nullopt;
}

bool is_of_dollars(std::string_view currency) {
  constexpr std::array<std::string_view, 3> signs{"", "$", "US$"}, names{"usd", "usdollar", "usdollars"};
  return std::ranges::find(signs, currency) != signs.end() ||
         std::ranges::find(names, folded(currency)) != names.end();
}

// Sums stand below the lines that they are of.
bool is_of_sums(std::string_view day) {
  constexpr std::array<std::string_view, 5> names{"", "total", "subtotal", "grandtotal", "sum"};
  return std::ranges::find(names, folded(day)) != names.end();
}

// Behind a complaint: what there is instead.
std::string titles_of(const std::vector<std::string>& titles) {
  const std::string& first = titles.front();
  if (titles.size() == 1 && first.find_first_of(";\t") != std::string::npos)
    return std::string("; its cells stand apart by ") +
           (first.find(';') != std::string::npos ? "`;`" : "tabs") + ": save it with commas between them";
  std::string all;
  for (std::size_t i = 0; i < std::min<std::size_t>(titles.size(), 20); ++i) {
    const bool is_shown = std::ranges::all_of(titles[i], [](char c) { return c >= ' ' && c <= '~'; });
    all += (i == 0 ? "" : ", ") + (is_shown ? titles[i].substr(0, 40) : std::string("…"));
  }
  return all.empty() ? "" : "; it has " + all;
}

std::string hours_of(int minutes_east) {
  const int size = std::abs(minutes_east);
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return (minutes_east < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

}  // namespace

std::string folded(std::string_view title) {
  std::string text;
  for (const char c : title) {
    if (c >= 'A' && c <= 'Z') {
      text += static_cast<char>(c | 0x20);
    } else if ((c >= 'a' && c <= 'z') || is_digit(c)) {
      text += c;
    }
  }
  return text;
}

std::variant<Invoice, std::string> read_invoice(std::string_view text, const InvoiceColumns& columns) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  const std::vector<std::string> titles = take_row(text);
  const auto day = column(titles, columns.day, day_titles);
  const auto model = column(titles, columns.model, model_titles);
  const auto cost = column(titles, columns.cost, cost_titles);
  if (!day) return "no column says the day; name it with --day-column" + titles_of(titles);
  if (!cost) return "no column says what was billed; name it with --cost-column" + titles_of(titles);
  if (!columns.model.empty() && !model)
    return "there is no column `" + columns.model + "`" + titles_of(titles);
  if (columns.cost.empty() && folded(titles[*cost]) == "amount" && column(titles, {}, price_titles))
    return "it has amounts and the price of each, not what was billed: take the export of costs, or name the "
           "column of them with --cost-column" +
           titles_of(titles);
  const auto currency =
      columns.cost.empty() ? column(titles, {}, currency_titles) : std::optional<std::size_t>();
  Invoice invoice;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::vector<std::string> cells = take_row(text);
    const bool is_empty = std::ranges::all_of(cells, [](const std::string& cell) { return cell.empty(); });
    if (is_empty) continue;
    const auto cell = [&](std::size_t place) {
      return place < cells.size() ? std::string_view(cells[place]) : std::string_view();
    };
    const auto complaint = [&](std::size_t place, std::string_view is) {
      return "line " + std::to_string(number) + ": `" + std::string(cell(place)) + "` is " + std::string(is);
    };
    auto date = day_in(cell(*day));
    const auto dollars = dollars_in(cell(*cost));
    if (!date) {
      if (dollars && !invoice.lines.empty() && is_of_sums(cell(*day))) continue;
      return complaint(*day, "no day such as 2026-11-28");
    }
    if (!dollars) return complaint(*cost, "no amount of dollars");
    if (currency && !is_of_dollars(cell(*currency)))
      return complaint(*currency,
                       "not dollars, in which the ledger is; change it into them, or name the column "
                       "that is with --cost-column");
    if (date->minutes_east != 0 && invoice.note.empty())
      invoice.note = "its days begin at midnight of " + hours_of(date->minutes_east) +
                     ", those of the ledger at midnight of UTC: what was spent between the two is of "
                     "another day there, and the sum of all days is what to look at";
    invoice.lines.push_back(
        {.day = std::move(date->name), .model = model ? std::string(cell(*model)) : "", .dollars = *dollars});
  }
  if (invoice.lines.empty()) return "there is no line in it";
  return invoice;
}

}  // namespace gateway

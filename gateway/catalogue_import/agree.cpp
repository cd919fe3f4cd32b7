#include "gateway/catalogue_import/agree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

using Price = config::PricePerMillionTokens;

constexpr Price least{config::Money{1'000'000}};         // 0.001 $/Mtok
constexpr Price most{config::Money{1'000'000'000'000}};  // 1,000 $/Mtok
constexpr double contradicting = 0.1;

struct Kind {
  std::string_view name;
  std::optional<Price> (*of)(const config::Prices&);
  void (*set)(config::Prices&, Price);
};
constexpr std::array kinds{
    Kind{"input", [](const config::Prices& p) { return std::optional(p.input); },
         [](config::Prices& p, Price price) { p.input = price; }},
    Kind{"output", [](const config::Prices& p) { return std::optional(p.output); },
         [](config::Prices& p, Price price) { p.output = price; }},
    Kind{"cache_read", [](const config::Prices& p) { return p.cache_read; },
         [](config::Prices& p, Price price) { p.cache_read = price; }},
    Kind{"cache_write", [](const config::Prices& p) { return p.cache_write; },
         [](config::Prices& p, Price price) { p.cache_write = price; }},
};

// Those that are taken from whoever says them.
constexpr std::array rare_prices{&config::Prices::cache_write_1h,   &config::Prices::audio_input,
                                 &config::Prices::audio_cache_read, &config::Prices::image_input,
                                 &config::Prices::audio_output,     &config::Prices::image_output,
                                 &config::Prices::reasoning};

constexpr config::Money dearest_piece{10'000'000'000};

bool is_outside(Price price) {
  return price < least || price > most;
}

std::string named(const CatalogueRow& row) {
  return row.source + ": " + row.place;
}

std::string dated(const CatalogueRow& row) {
  return row.date.empty() ? row.source : row.source + " " + row.date;
}

}  // namespace

void join(Offer& offer, const CatalogueRow& other, std::vector<CatalogueDoubt>& contradictions) {
  const bool is_of_other_name =
      !other.host_model.empty() &&
      key_of(other.provider, other.host_model) != key_of(offer.row.provider, offer.row.host_model);
  const std::string who = other.source + (is_of_other_name ? " of " + other.host_model : std::string());
  bool agrees = !is_of_other_name;
  for (const Kind& kind : kinds) {
    const auto ours = kind.of(offer.row.prices), theirs = kind.of(other.prices);
    if (!ours || !theirs) {
      if (theirs) kind.set(offer.row.prices, *theirs);
      continue;
    }
    if (!differ(*ours, *theirs, contradicting)) continue;
    agrees = false;
    offer.contradictions.push_back(std::string(kind.name) + " " + price_text(*ours) + " (" +
                                   offer.sources.front() + "), " + price_text(*theirs) + " (" + who +
                                   "): the dearer one is taken");
    contradictions.push_back({offer.row.provider + "/" + offer.row.host_model, offer.contradictions.back()});
    kind.set(offer.row.prices, std::max(*ours, *theirs));
  }
  if (agrees) {
    offer.sources.push_back(other.source);
    offer.dated.push_back(dated(other));
  }
  if (offer.row.quantization.empty()) offer.row.quantization = other.quantization;
  if (offer.row.max_output == 0 && other.max_output < offer.row.context) {
    offer.row.max_output = other.max_output;
  }
  if (offer.row.display_name.empty()) offer.row.display_name = other.display_name;
  if (offer.row.base_url.empty()) offer.row.base_url = other.base_url;
  if (offer.row.rules.empty()) offer.row.rules = other.rules;
  for (const auto price : rare_prices) {
    auto& ours = offer.row.prices.*price;
    if (!ours) ours = other.prices.*price;
  }
  for (const PricedPiece& piece : priced_pieces) {
    auto& ours = offer.row.prices.*piece.of;
    ours = std::max(ours, other.prices.*piece.of);
  }
  offer.row.features |= other.features;
}

std::string price_text(Price price) {
  const std::int64_t nanos = price.price.nanos;
  const auto size = static_cast<std::uint64_t>(nanos < 0 ? -nanos : nanos);
  std::string digits = std::to_string(size % 1'000'000'000);
  digits.insert(0, 9 - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  std::string text = (nanos < 0 ? "-" : "") + std::to_string(size / 1'000'000'000);
  if (!digits.empty()) text += "." + digits;
  return text + " $/Mtok";
}

std::string each_text(config::Money price) {
  const std::string text = price_text({price});
  return "$" + text.substr(0, text.find(' '));
}

std::string key_of(std::string_view provider, std::string_view host_model) {
  std::string key = std::string(provider) + "/" + std::string(host_model);
  std::ranges::transform(key, key.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return key;
}

bool differ(Price a, Price b, double share) {
  const auto low = static_cast<double>(std::min(a, b).price.nanos);
  const auto high = static_cast<double>(std::max(a, b).price.nanos);
  return high > low * (1 + share);
}

namespace {

std::string disbelief_in(const config::Prices& prices) {
  if (prices.input.price.nanos == 0 || prices.output.price.nanos == 0) {
    return std::string(prices.input.price.nanos == 0 ? "an input" : "an output") +
           " price of 0 beside another one, or one that is no number";
  }
  if (is_outside(prices.input)) return "an input price of " + price_text(prices.input);
  if (is_outside(prices.output)) return "an output price of " + price_text(prices.output);
  if (4 * prices.output.price.nanos < prices.input.price.nanos) {
    return "output for " + price_text(prices.output) + " and input for " + price_text(prices.input) +
           ": they may be swapped";
  }
  if (prices.cache_read && (prices.cache_read->price.nanos < 0 || *prices.cache_read > prices.input)) {
    return "cached input for " + price_text(*prices.cache_read) + " and input for " +
           price_text(prices.input);
  }
  if (prices.cache_write && prices.cache_write->price.nanos < 0) {
    return "cache writes for " + price_text(*prices.cache_write);
  }
  for (const PricedPiece& piece : priced_pieces) {
    const config::Money price = prices.*piece.of;
    if (price.nanos < 0 || price > dearest_piece)
      return "each " + std::string(piece.name) + " for " + each_text(price);
  }
  return {};
}

}  // namespace

std::string disbelief(CatalogueRow& row) {
  if (row.max_output >= row.context) row.max_output = 0;
  const config::Prices& prices = row.prices;
  if (prices.input.price.nanos == 0 && prices.output.price.nanos == 0) {
    return "costs nothing: that may mean free, unknown or a subscription";
  }
  if (std::string why = disbelief_in(prices); !why.empty()) return why;
  for (const config::PriceRule& rule : row.rules) {
    if (const std::string why = disbelief_in(rule.prices); !why.empty()) {
      return "for " + config::to_text(rule.when) + " " + why;
    }
  }
  if (row.context == 0) return "no context window";
  return {};
}

namespace {

// A second look, when it is known which of Claude's versions have several snapshots.
void tell_weights(std::vector<CatalogueRows>& lists) {
  std::map<std::string, std::set<std::string>> days;
  for (CatalogueRows& list : lists) {
    for (CatalogueRow& row : list.rows) {
      Snapshot snapshot = snapshot_of(configured_name(row.model));
      row.weights = snapshot.version;
      if (!snapshot.day.empty()) days[std::move(snapshot.version)].insert(std::move(snapshot.day));
    }
  }
  for (CatalogueRows& list : lists) {
    for (CatalogueRow& row : list.rows) {
      const auto known = days.find(row.weights);
      if (known == days.end() || known->second.size() == 1) continue;
      if (const std::string day = snapshot_of(configured_name(row.model)).day; !day.empty()) {
        row.weights += "-" + day;
      }
    }
  }
}

bool is_of_same_model(const CatalogueRow& a, const CatalogueRow& b) {
  return a.provider == b.provider && a.weights == b.weights;
}

// Of several offers, or several rows, nobody could say which is meant.
void take_in(std::vector<CatalogueRow> nameless, Agreement& agreement) {
  const std::size_t named_offers = agreement.offers.size();
  for (const CatalogueRow& row : nameless) {
    const auto is_it = [&](const CatalogueRow& other) { return is_of_same_model(row, other); };
    const auto begin = agreement.offers.begin(), end = begin + static_cast<std::ptrdiff_t>(named_offers);
    const auto rows = std::ranges::count_if(nameless, is_it);
    const auto offers = std::count_if(begin, end, [&](const Offer& offer) { return is_it(offer.row); });
    if (rows == 1 && offers == 1) {
      join(*std::find_if(begin, end, [&](const Offer& offer) { return is_it(offer.row); }), row,
           agreement.contradictions);
    } else {
      if (offers > 0) {
        agreement.doubts.push_back({named(row), "it is not said which of the host's endpoints is meant"});
      }
      agreement.offers.push_back({.row = row, .sources = {row.source}, .dated = {dated(row)}});
    }
  }
}

}  // namespace

Agreement agreement_of(std::vector<CatalogueRows> lists) {
  Agreement agreement;
  std::map<std::string, Offer> offers;
  std::vector<CatalogueRow> nameless;
  tell_weights(lists);
  for (CatalogueRows& list : lists) {
    for (CatalogueDoubt& doubt : list.doubts) agreement.doubts.push_back(std::move(doubt));
    agreement.unpriced += list.unpriced;
    for (CatalogueRow& row : list.rows) {
      if (!row.is_chat || row.is_deprecated) continue;
      if (const std::string why = disbelief(row); !why.empty()) {
        agreement.doubts.push_back({named(row), why});
        continue;
      }
      if (row.host_model.empty()) {
        nameless.push_back(std::move(row));
        continue;
      }
      const auto [known, is_new] = offers.try_emplace(key_of(row.provider, row.host_model));
      if (is_new) {
        known->second = {.row = row, .sources = {row.source}, .dated = {dated(row)}};
      } else if (known->second.row.source == row.source) {
        agreement.doubts.push_back({named(row), "is there twice; the first one counts"});
      } else {
        join(known->second, row, agreement.contradictions);
      }
    }
  }
  for (auto& [unused, offer] : offers) agreement.offers.push_back(std::move(offer));
  take_in(std::move(nameless), agreement);
  std::ranges::sort(agreement.doubts, {}, &CatalogueDoubt::place);
  return agreement;
}

}  // namespace gateway

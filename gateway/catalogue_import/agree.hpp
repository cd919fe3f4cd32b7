// What several lists say together: which rows are believed, and where they contradict each other. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/catalogue_import/row.hpp"

namespace gateway {

// What is paid by the piece. 0 where a list does not say it, and then whoever does is believed.
struct PricedPiece {
  std::string_view name;
  config::Money config::Prices::*of;
};
inline constexpr std::array<PricedPiece, 3> priced_pieces{{{"request", &config::Prices::request},
                                                           {"search", &config::Prices::search},
                                                           {"image", &config::Prices::image}}};

// Why a row is not believed; empty where it is. Numbers that only fill a place (an output as long as the
// context) are taken out of it.
std::string disbelief(CatalogueRow& row);

// One model at one host, by all that list it.
struct Offer {
  CatalogueRow row;  // of the first list that has it; prices: the dearest of those that contradict each other
  std::vector<std::string> sources;           // of the same opinion on its prices, and the first one
  std::vector<std::string> dated{};           // the same, each with its day: "models.dev 2026-04-16"
  std::vector<std::string> contradictions{};  // of the others: "input 1.25 $/Mtok (LiteLLM), …"
};

struct Agreement {
  std::vector<Offer> offers;  // by provider and host's name; those that are believed and answer chats
  std::vector<CatalogueDoubt> doubts;
  std::size_t unpriced = 0;
  std::vector<CatalogueDoubt>
      contradictions;  // "together/…": "input 1.25 $/Mtok (LiteLLM), 0.6 $/Mtok (models.dev)"
};

// `lists` in the order in which they are believed. What a list says of a model at a host, and not what the
// host calls it, counts for the one offer that there is of it; else it is an offer without a name.
//
// Names of one model that differ in points alone are of the same weights. So are those of a version of Claude
// with its day and without, while all lists together know of one day; of several, nobody says of which a name
// without a day is.
Agreement agreement_of(std::vector<CatalogueRows> lists);

// Takes in what another list says of the same offer, or what is said of it under another of its host's names.
void join(Offer& offer, const CatalogueRow& other, std::vector<CatalogueDoubt>& contradictions);

// "0.55 $/Mtok"
std::string price_text(config::PricePerMillionTokens price);
// "$0.005"
std::string each_text(config::Money price);
// What two lists call the same.
std::string key_of(std::string_view provider, std::string_view host_model);
// Whether one is more than `share` above the other.
bool differ(config::PricePerMillionTokens a, config::PricePerMillionTokens b, double share);

}  // namespace gateway

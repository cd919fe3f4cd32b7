// What lists say, against a configuration that is in force. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/catalogue_import/agree.hpp"

namespace gateway {

struct CatalogueChange {
  std::string endpoint;  // of the configuration: "together/turbo (deepseek-ai/DeepSeek-R1)"
  std::string what;      // "input 0.55 $/Mtok -> 0.5 $/Mtok"
  bool is_kept = false;  // not taken over: a deep cut that only one list knows
};

struct CatalogueComparison {
  std::vector<CatalogueChange> changes;  // prices by more than a fifth, contexts by any
  std::vector<std::string> unlisted;     // endpoints that no list has
  std::size_t same = 0;
};

// Where a cut is kept back, the offer gets the price that is in force.
CatalogueComparison compare(const config::Settings& in_force, Agreement& agreement);

// The name that lists have for a provider of a configuration: by where it is reached, else its own.
std::string listed_name(const config::ProviderSettings& provider);

}  // namespace gateway

// The prices of a catalogue's row as a configuration says them. Pure.
#pragma once

#include <string>

#include "gateway/catalogue_import/row.hpp"

namespace gateway {

// Who takes no pictures has no price for them.
config::Prices priced_for(const CatalogueRow& row, config::Prices prices);
// "{input: ...}". Of cache writes lists say the whole, a configuration what they cost beside the input.
std::string price_map(const config::Prices& prices);
// Those of its rules that can ever hold, as lines: a list may know of longer prompts than the host takes.
void write_price_rules(const CatalogueRow& row, const std::string& indent, std::string& text);

}  // namespace gateway

// Which rows of a catalogue somebody means. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/catalogue_import/row.hpp"

namespace gateway {

// Whether a model is meant by a pattern like "deepseek-r1*" or "deepseek/*", by its common or its public
// name; with "@openai" or "@together,nova*" behind it at those hosts alone.
bool is_meant(const CatalogueRow& row, const std::vector<std::string>& patterns);

}  // namespace gateway

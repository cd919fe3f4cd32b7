// Public lists of models and prices, each read into rows: models.dev's api.json, LiteLLM's price map,
// OpenRouter's /models and /models/AUTHOR/NAME/endpoints, genai-prices' data. Pure.
//
// Prices are taken as decimal numbers and rounded once, to a billionth of a dollar per million tokens.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "gateway/catalogue_import/row.hpp"

namespace gateway {

CatalogueRows rows_of_models_dev(const boost::json::object& providers);
CatalogueRows rows_of_litellm(const boost::json::object& models);
CatalogueRows rows_of_openrouter(const boost::json::array& models);
CatalogueRows rows_of_openrouter_endpoints(const boost::json::object& model);
CatalogueRows rows_of_genai_prices(const boost::json::array& providers);

// Any of them, told apart by its shape; packed with gzip or not. Throws std::runtime_error, which says what
// was found, where the text is damaged or is none of these.
CatalogueRows rows_of_list(const std::string& text, std::string_view name);

}  // namespace gateway

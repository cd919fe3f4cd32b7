// The models as Google's clients list them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/values/settings.hpp"
#include "routing/terms/catalogue.hpp"

namespace gateway {

// All that `key` may ask for, on one page: clients that want pages get no token for a second one.
std::string gemini_models_page(const routing::Catalogue& catalogue, const config::KeySettings* key);
// Nothing where there is none of the name for it.
std::optional<std::string> gemini_model_page(const routing::Catalogue& catalogue, std::string_view name,
                                             const config::KeySettings* key);

}  // namespace gateway

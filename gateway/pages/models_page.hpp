// What models there are and who hosts them, as JSON for clients: the bodies of GET /v1/models,
// GET /v1/models/{id} and GET /v1/models/{author}/{slug}/endpoints. Pure functions.
// The items carry the members of OpenAI's, Anthropic's and OpenRouter's lists at once, so that each of their
// clients finds what it reads. Prices are strings in dollars per token, latencies are milliseconds to the
// first token, throughputs tokens per second, uptimes percent: as OpenRouter has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/pages/model_query.hpp"

namespace gateway {

// `key` leaves out what it may not ask for; nullptr: nothing is left out. `snapshot` is of this catalogue; it
// is needed for orders by what is measured alone.
std::string models_page(const routing::Catalogue& catalogue, const config::KeySettings* key,
                        const ModelQuery& query = {}, const routing::Snapshot* snapshot = nullptr);
// {"data":{"count":7}}
std::string model_count_page(const routing::Catalogue& catalogue, const config::KeySettings* key,
                             const ModelQuery& query);
// Nothing when there is no such model, or not for this key.
std::optional<std::string> model_page(const routing::Catalogue& catalogue, std::string_view name,
                                      const config::KeySettings* key);
// The same as the only member of an object, as OpenRouter's clients ask for it: {"data":{...}}.
std::optional<std::string> model_data_page(const routing::Catalogue& catalogue, std::string_view name,
                                           const config::KeySettings* key);
// Which parameters its hosts take: all of them, or those of one provider.
std::optional<std::string> model_parameters_page(const routing::Catalogue& catalogue, std::string_view name,
                                                 std::string_view provider, const config::KeySettings* key);
// `snapshot` is of this catalogue.
std::optional<std::string> model_endpoints_page(const routing::Catalogue& catalogue,
                                                const routing::Snapshot& snapshot, std::string_view name,
                                                const config::KeySettings* key);

}  // namespace gateway

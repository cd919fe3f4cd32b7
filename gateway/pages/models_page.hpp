// What models there are and who hosts them, as JSON for clients: the bodies of GET /v1/models,
// GET /v1/models/{id} and GET /v1/models/{author}/{slug}/endpoints. Pure functions.
// The items carry the members of OpenAI's, Anthropic's and OpenRouter's lists at once, so that each of their
// clients finds what it reads. Prices are strings in dollars per token, latencies are milliseconds to the
// first token, throughputs tokens per second, uptimes percent: as OpenRouter has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routing/market/market.hpp"

namespace gateway {

// Which of the list is asked for, as Anthropic's clients do: at most `limit` behind one, or before another.
struct ModelWindow {
  std::size_t limit = SIZE_MAX;
  std::string after{};   // an id; empty: from the first on
  std::string before{};  // an id; empty: up to the last one
};

// `key` leaves out what it may not ask for; nullptr: nothing is left out.
std::string models_page(const routing::Catalogue& catalogue, const config::KeySettings* key,
                        const ModelWindow& window = {});
// Nothing when there is no such model, or not for this key.
std::optional<std::string> model_page(const routing::Catalogue& catalogue, std::string_view name,
                                      const config::KeySettings* key);
// `snapshot` is of this catalogue.
std::optional<std::string> model_endpoints_page(const routing::Catalogue& catalogue,
                                                const routing::Snapshot& snapshot, std::string_view name,
                                                const config::KeySettings* key);

}  // namespace gateway

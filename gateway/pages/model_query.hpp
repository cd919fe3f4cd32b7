// Which models of the list are asked for, and in which order: by the query parameters of OpenRouter's
// clients, and by those of Anthropic's. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "routing/market/market.hpp"

namespace gateway {

// Which of the list is shown: at most `limit`, behind so many, behind one, or before another.
struct ModelWindow {
  std::size_t limit = SIZE_MAX;
  std::string after{};   // an id; empty: from the first on
  std::string before{};  // an id; empty: up to the last one
  std::size_t offset = 0;
};

enum class ModelOrder { listed, cheapest, dearest, roomiest, newest, fastest, soonest };

// What is empty leaves nobody out. Prices are dollars per million tokens, of the cheapest host.
struct ModelFilter {
  std::string text;                     // in name or description, whatever the case
  std::vector<std::string> parameters;  // all of them supported
  std::vector<std::string> inputs;      // all of them taken
  std::vector<std::string> outputs;     // one of them given
  std::vector<std::string> authors;     // one of them
  std::vector<std::string> providers;   // one of them, by slug or by name
  std::optional<double> least_price{}, most_price{}, least_output_price{}, most_output_price{};
  std::optional<std::int64_t> least_context{};          // tokens
  std::optional<std::int64_t> least_age{}, most_age{};  // days
  std::optional<bool> zero_retention{};                 // whether there is a host that keeps nothing
  std::optional<bool> distillable{};                    // whether there is a host that allows it
};

struct ModelQuery {
  ModelWindow window{};
  ModelFilter filter{};
  ModelOrder order = ModelOrder::listed;
  std::int64_t now = 0;  // seconds since 1970
  // For the link to what follows: where the list stands, and what else was asked of it.
  std::string path = "/api/v1/models";
  std::string rest{};
};

struct QueryFault {
  std::string parameter;
  std::string message;
};

std::variant<ModelQuery, QueryFault> read_model_query(std::string_view query);

bool fits(const ModelFilter& filter, const routing::Catalogue& catalogue, const routing::PublicModel& model,
          std::int64_t now);
// `snapshot` is of the catalogue, or null: nothing is measured yet.
void put_in_order(std::vector<const routing::PublicModel*>& models, ModelOrder order,
                  const routing::Catalogue& catalogue, const routing::Snapshot* snapshot);

}  // namespace gateway

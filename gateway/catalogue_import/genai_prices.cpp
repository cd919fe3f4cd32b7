// genai-prices' data: [{id, models: [{id, name, context_window, prices}]}]; prices in dollars per million
// tokens, each a number or {base, tiers}, alone or in a list of which the last whose condition holds counts.
#include "gateway/catalogue_import/lists.hpp"
#include "gateway/catalogue_import/members.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

namespace json = boost::json;
using Price = std::optional<config::PricePerMillionTokens>;

constexpr std::string_view source = "genai-prices";

Price base_price(const json::object& prices, std::string_view name) {
  const json::object* stepped = object_in(prices, name);
  return stepped ? price_per_million_in(*stepped, "base") : price_per_million_in(prices, name);
}

// Beyond which prompt any of the prices changes, and to what.
void add_long_prompts(const json::object& prices, CatalogueRow& row) {
  const json::object* stepped = object_in(prices, "input_mtok");
  const json::array* tiers = stepped ? array_in(*stepped, "tiers") : nullptr;
  if (!tiers) return;
  for (const json::value& each : *tiers) {
    const json::object* tier = each.if_object();
    const Price input = tier ? price_per_million_in(*tier, "price") : std::nullopt;
    if (!input) continue;
    LongPrompt longer{.beyond = whole_in(*tier, "start"), .prices = row.prices};
    longer.prices.input = *input;
    row.long_prompts.push_back(longer);
  }
}

// The prices that hold when no condition does: those of an unconditional entry.
const json::object* usual_prices(const json::object& model) {
  if (const json::object* alone = object_in(model, "prices")) return alone;
  const json::array* list = array_in(model, "prices");
  if (!list) return nullptr;
  const json::object* usual = nullptr;
  for (const json::value& each : *list) {
    const json::object* entry = each.if_object();
    if (entry && !object_in(*entry, "constraint")) usual = object_in(*entry, "prices");
  }
  return usual;
}

}  // namespace

CatalogueRows rows_of_genai_prices(const json::array& providers) {
  CatalogueRows found;
  for (const json::value& value : providers) {
    const json::object* provider = value.if_object();
    const json::array* models = provider ? array_in(*provider, "models") : nullptr;
    if (!models) continue;
    const std::string id = text_in(*provider, "id");
    const KnownHost* host = known_host(id);
    for (const json::value& described : *models) {
      const json::object* model = described.if_object();
      const std::string host_model = model ? text_in(*model, "id") : std::string();
      const json::object* prices = model ? usual_prices(*model) : nullptr;
      const Price input = prices ? base_price(*prices, "input_mtok") : std::nullopt;
      if (!input) {
        ++found.unpriced;
        continue;
      }
      CatalogueRow row{.provider = host ? std::string(host->name) : id,
                       .host_model = host_model,
                       .model = common_name(host_model),
                       .display_name = title_in(*model, "name"),
                       .source = std::string(source),
                       .place = id + "/" + host_model,
                       .context = whole_in(*model, "context_window"),
                       .is_deprecated = is_true_in(*model, "deprecated")};
      row.prices.input = *input;
      row.prices.output = base_price(*prices, "output_mtok").value_or(config::PricePerMillionTokens{});
      row.prices.cache_read = base_price(*prices, "cache_read_mtok");
      row.prices.cache_write = base_price(*prices, "cache_write_mtok");
      row.prices.cache_write_1h = base_price(*prices, "cache_write_1h_mtok");
      add_long_prompts(*prices, row);
      found.rows.push_back(std::move(row));
    }
  }
  return found;
}

}  // namespace gateway

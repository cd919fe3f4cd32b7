#include "gateway/catalogue_import/lists.hpp"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <stdexcept>

#include "gateway/catalogue_import/members.hpp"
#include "gateway/http/content_coding.hpp"

namespace gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 256u << 20;

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
  throw std::runtime_error(std::string(name) + ": " + why);
}

std::string plain(const std::string& text, std::string_view name) {
  if (!text.starts_with("\x1f\x8b")) return text;
  auto result = unpacked(ContentCoding::gzip, text, most_bytes, [](std::size_t) { return true; });
  if (auto* refusal = std::get_if<Refusal>(&result)) refuse(name, refusal->message);
  return std::get<std::string>(std::move(result));
}

json::value parsed(const std::string& text, std::string_view name) {
  boost::system::error_code error;
  json::stream_parser parser({}, {.max_depth = 64});
  const std::size_t used = parser.write_some(text, error);
  if (!error) parser.finish(error);
  const bool is_all = text.find_first_not_of(" \t\r\n", used) == std::string::npos;
  if (!error && is_all) return parser.release();
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(used), '\n');
  refuse(name, "is no JSON: line " + std::to_string(line) + ", byte " + std::to_string(used) + ": " +
                   (error ? error.message() : "more behind its end"));
}

bool is_litellm(const json::object& all) {
  return std::ranges::any_of(all, [](const auto& member) {
    const json::object* model = member.value().if_object();
    return model && model->contains("litellm_provider") && member.key() != "sample_spec";
  });
}

bool is_models_dev(const json::object& all) {
  return std::ranges::any_of(all, [](const auto& member) {
    const json::object* provider = member.value().if_object();
    return provider && object_in(*provider, "models");
  });
}

bool is_genai_prices(const json::array& all) {
  return std::ranges::any_of(all, [](const json::value& each) {
    const json::object* provider = each.if_object();
    return provider && array_in(*provider, "models");
  });
}

}  // namespace

CatalogueRows rows_of_list(const std::string& text, std::string_view name) {
  const json::value list = parsed(plain(text, name), name);
  if (const json::array* all = list.if_array(); all && is_genai_prices(*all))
    return rows_of_genai_prices(*all);
  if (const json::object* all = list.if_object()) {
    if (const json::array* models = array_in(*all, "data")) return rows_of_openrouter(*models);
    const json::object* model = object_in(*all, "data");
    if (model && array_in(*model, "endpoints")) return rows_of_openrouter_endpoints(*model);
    if (is_models_dev(*all)) return rows_of_models_dev(*all);
    if (is_litellm(*all)) return rows_of_litellm(*all);
  }
  refuse(name,
         "is none of the lists that are known: models.dev's api.json, LiteLLM's price map, OpenRouter's "
         "/models and /models/AUTHOR/NAME/endpoints, genai-prices' data");
}

}  // namespace gateway

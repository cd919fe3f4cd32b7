#include "gateway/probe/host_listing.hpp"

#include <boost/json.hpp>
#include <initializer_list>

namespace gateway {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::string text(const json::value& value, std::string_view name) {
  const json::value* found = member(value, name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::optional<std::int64_t> count(const json::value* value) {
  if (!value || !value->is_number()) return std::nullopt;
  const double number = value->to_number<double>();
  return number >= 1 && number < 1e12 ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
}

// vLLM and SGLang, OpenRouter and Together, Groq, Mistral, Anthropic, Gemini, Fireworks.
std::optional<std::int64_t> context_of(const json::value& item) {
  for (const std::string_view name : {"max_model_len", "context_length", "context_window",
                                      "max_context_length", "max_input_tokens", "inputTokenLimit"}) {
    if (const auto found = count(member(item, name))) return found;
  }
  return std::nullopt;
}

std::string without(std::string text, std::string_view beginning) {
  return text.starts_with(beginning) ? text.substr(beginning.size()) : text;
}

std::optional<json::value> parsed(std::string_view page) {
  boost::system::error_code error;
  json::value value = json::parse({page.data(), page.size()}, error);
  return error ? std::nullopt : std::optional(std::move(value));
}

}  // namespace

std::optional<std::vector<ListedModel>> listed_models(std::string_view page) {
  const std::optional<json::value> value = parsed(page);
  if (!value) return std::nullopt;
  const json::value* list = value->is_array() ? &*value : member(*value, "data");
  if (!list || !list->is_array()) list = member(*value, "models");
  if (!list || !list->is_array()) return std::nullopt;
  std::vector<ListedModel> models;
  for (const json::value& item : list->get_array()) {
    std::string id = text(item, "id");
    if (id.empty()) id = without(text(item, "name"), "models/");
    if (id.empty()) continue;
    models.push_back({.id = std::move(id),
                      .context = context_of(item),
                      .owner = text(item, "owned_by"),
                      .is_routed = member(item, "top_provider") != nullptr});
  }
  return models;
}

std::optional<std::int64_t> context_in(std::string_view page, std::string_view model) {
  const std::optional<json::value> value = parsed(page);
  if (!value) return std::nullopt;
  if (const json::value* settings = member(*value, "default_generation_settings")) {
    if (const auto found = count(member(*settings, "n_ctx"))) return found;
  }
  if (const auto found = count(member(*value, "max_total_tokens"))) return found;
  const json::value* running = member(*value, "models");
  if (!running || !running->is_array()) return std::nullopt;
  for (const json::value& item : running->get_array()) {
    if (text(item, "name") == model) return count(member(item, "context_length"));
  }
  return std::nullopt;
}

}  // namespace gateway

#include "gateway/run/catalogue_pages.hpp"

#include <array>
#include <chrono>

#include "gateway/http/query.hpp"
#include "gateway/pages/gemini_models_page.hpp"
#include "gateway/pages/models_page.hpp"
#include "gateway/pages/provider_pages.hpp"
#include "gateway/request/model_suffix.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/run/refusals.hpp"

namespace gateway {
namespace {

using providers::Task;

// What the page says; nothing where there is no model of the name.
std::optional<std::string> about_one(const Front& front, const Route& route, const Incoming& incoming,
                                     const config::KeySettings* key, const std::string& name) {
  const routing::Catalogue& catalogue = *front.services.hosts->generation->catalogue;
  switch (route.page) {
    case Page::model:
      return model_page(catalogue, name, key);
    case Page::gemini_model:
      return gemini_model_page(catalogue, name, key);
    case Page::model_data:
      return model_data_page(catalogue, name, key);
    case Page::parameters:
      return model_parameters_page(catalogue, name, query_value(incoming.query, "provider").value_or(""),
                                   key);
    default:
      return model_endpoints_page(catalogue, *front.services.snapshot, name, key);
  }
}

std::string about_all(const Front& front, const Route& route, const ModelQuery& query,
                      const config::KeySettings* key) {
  const routing::Catalogue& catalogue = *front.services.hosts->generation->catalogue;
  const routing::Snapshot& snapshot = *front.services.snapshot;
  switch (route.page) {
    case Page::model_count:
      return model_count_page(catalogue, key, query);
    case Page::providers:
      return providers_page(catalogue, key);
    case Page::zero_retention:
      return zero_retention_page(catalogue, snapshot, key);
    default:
      return models_page(catalogue, key, query, &snapshot);
  }
}

bool is_of_one_model(Page page) {
  return page == Page::model || page == Page::gemini_model || page == Page::model_data ||
         page == Page::endpoints || page == Page::parameters;
}

// Google's clients look for their list where OpenAI's and Anthropic's do, too.
Route for_client(Route route, const Incoming& incoming) {
  if (!incoming.api.is_googles) return route;
  if (route.page == Page::models) route.page = Page::gemini_models;
  if (route.page == Page::model) route.page = Page::gemini_model;
  return route;
}

}  // namespace

Task<void> answer_catalogue_page(Front& front, const Route& asked, const Incoming& incoming,
                                 const config::KeySettings* key, HttpClient& client) {
  const Route route = for_client(asked, incoming);
  std::optional<std::string> body;
  std::optional<ErrorReply> error;
  if (route.page == Page::gemini_models) {
    body = gemini_models_page(*front.services.hosts->generation->catalogue, key);
  } else if (is_of_one_model(route.page)) {
    const Generation& generation = *front.services.hosts->generation;
    const std::string name = decoded(route.parameter);
    body = about_one(front, route, incoming, key, name);
    // As calls may name it, with what they want behind it.
    const std::size_t colon = name.rfind(':');
    const bool has_suffix =
        colon != std::string::npos && is_suffix(generation, key, std::string_view(name).substr(colon + 1));
    if (!body && has_suffix) body = about_one(front, route, incoming, key, name.substr(0, colon));
    if (!body) error = unknown_model(name, *generation.catalogue, key);
  } else {
    auto read = read_model_query(incoming.query);
    if (auto* fault = std::get_if<QueryFault>(&read)) {
      error = plain_error(400, "invalid_request_error", "invalid_parameter", std::move(fault->message));
      error->param = std::move(fault->parameter);
    } else {
      auto& query = std::get<ModelQuery>(read);
      constexpr std::array<std::string_view, 2> of_window{"offset", "limit"};
      query.path = "/api" + std::string(route.name);
      query.rest = query_without(incoming.query, of_window);
      query.now = std::chrono::system_clock::to_time_t(front.services.timer.wall());
      if (route.page == Page::embedding_models) query.filter.outputs = {"embeddings"};
      body = about_all(front, route, query, key);
    }
  }
  if (error) co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  co_await client.answer({.status = 200, .content_type = "application/json", .fields = {}}, *body);
}

}  // namespace gateway

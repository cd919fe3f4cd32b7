#include "gateway/run/pages.hpp"

#include <boost/json.hpp>

#include "gateway/http/query.hpp"
#include "gateway/pages/openapi_page.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/run/catalogue_pages.hpp"
#include "gateway/run/explain_page.hpp"
#include "gateway/run/refusals.hpp"
#include "gateway/surfaces/surfaces.hpp"

namespace gateway {
namespace {

using providers::Task;

constexpr std::string_view greeting =
    "isocost routes calls of OpenAI's, Anthropic's, Google's and OpenRouter's clients to the host that costs "
    "least, waiting included. Their base URL is this address with /v1 or /api/v1; Anthropic's and Google's "
    "want "
    "neither. GET /v1/models says what there is, GET /openapi.json how it is called.\n";

// `body` must outlive the task.
Task<void> show(HttpClient& client, std::string_view content_type, std::string_view body) {
  co_await client.answer({.status = 200, .content_type = content_type, .fields = {}}, body);
}

bool is_read(Method method) {
  return method == Method::get || method == Method::head;
}

// Writes down what somebody with a role did.
void note_change(Front& front, const Route& route, const Incoming& incoming, const config::KeySettings* key,
                 int status) {
  const std::string_view verb = incoming.method == Method::post    ? "POST "
                                : incoming.method == Method::patch ? "PATCH "
                                : incoming.method == Method::del   ? "DELETE "
                                                                   : "";
  front.pages.note({.at = front.services.timer.wall(),
                    .who = key ? key->name.text : "",
                    .from = incoming.client,
                    .what = std::string(verb).append(route.name),
                    // Of users that are forgotten nothing is kept, here neither.
                    .whom = route.page == Page::users ? std::string() : decoded_name(route.parameter),
                    .status = status});
}

Task<void> apply(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                 HttpClient& client) {
  const auto held = front.services.hosts;  // whose key it is
  auto applying = front.pages.slow_page(front.loop, route.page, incoming.query, incoming.body);
  const Pages::Told told = co_await std::move(applying);
  note_change(front, route, incoming, key, told.status);
  if (told.status == 200) co_return co_await show(client, "application/json", told.text);
  const std::string_view type = told.status < 500 ? "invalid_request_error" : "api_error";
  const ErrorReply error = plain_error(told.status, type, "policies_not_applied", told.text);
  co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
}

// An error of a page of keys or money as OpenRouter's clients read one.
std::string in_openrouters_words(const Administered& answer) {
  boost::system::error_code fault;
  const boost::json::value parsed = boost::json::parse(answer.body, fault);
  const auto* object = fault ? nullptr : parsed.if_object();
  const auto* error = object ? object->if_contains("error") : nullptr;
  if (!error || !error->is_object()) return answer.body;
  const auto text = [&](std::string_view name) {
    const auto* said = error->get_object().if_contains(name);
    return said && said->is_string() ? std::string(said->get_string()) : std::string();
  };
  const std::string type = text("type"), code = text("code");
  ErrorReply said = plain_error(answer.status, type, code, text("message"));
  said.param = text("param");
  return surface_of(config::Format::chat, Root::api_v1)->error_body(said, {});
}

// Of keys and money.
Task<void> administer(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                      HttpClient& client) {
  AdminCall call{.page = route.page,
                 .route = route.name,
                 .parameter = decoded_name(route.parameter),
                 .method = incoming.method,
                 .query = std::move(incoming.query),
                 .body = std::move(incoming.body),
                 .has_key = key != nullptr,
                 .key = key ? key->name.text : std::string(),
                 .role = key ? key->role : config::Role::none,
                 .settings = key,
                 .generation = front.services.hosts->generation};
  const auto held = front.services.hosts;  // whose key it is
  const Administered answer = co_await front.pages.administer(front.loop, std::move(call));
  const bool is_ours =
      route.page == Page::keys || route.page == Page::users || route.page == Page::provisioning;
  if (is_ours && !is_read(incoming.method)) note_change(front, route, incoming, key, answer.status);
  const bool is_openrouters = answer.status >= 400 && root_of(incoming.path) == Root::api_v1;
  const std::string body = is_openrouters ? in_openrouters_words(answer) : answer.body;
  co_await client.answer({.status = answer.status, .content_type = answer.content_type, .fields = {}}, body);
}

ErrorReply not_told(const Pages::Told& told) {
  return told.status == 404 ? plain_error(404, "invalid_request_error", "unknown_request", told.text)
                            : plain_error(told.status, "api_error", "records_unreadable", told.text);
}

Task<void> show_request(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                        HttpClient& client) {
  const auto held = front.services.hosts;  // whose key it is
  const std::optional<Screen> screen = screen_of(incoming.query);
  auto asking = front.pages.request(front.loop, decoded(route.parameter), screen);
  const Pages::Told told = co_await std::move(asking);
  if (told.status != 200) {
    const ErrorReply error = not_told(told);
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
  }
  co_await show(client, screen ? "text/plain; charset=utf-8" : "application/json", told.text);
}

// Each comes to a task of its own: GCC 12 destroys twice what a whole expression with co_await makes.
Task<Pages::Told> done_to_host(Front& front, const Route& route, const Incoming& incoming) {
  if (route.name == "/admin/prefills") {
    auto taking = front.pages.take_prefills(front.loop, incoming.body);
    co_return co_await std::move(taking);
  }
  const std::string endpoint = decoded_name(route.parameter);
  const std::string model = query_value(incoming.query, "model").value_or("");
  if (route.name.ends_with("/probe")) {
    auto probing = front.pages.probe(front.loop, endpoint, model);
    co_return co_await std::move(probing);
  }
  const bool goes_out = route.name.ends_with("/drain") || route.name.ends_with("/disable");
  ServiceCall call{.what = goes_out ? ServiceCall::What::drain : ServiceCall::What::resume,
                   .endpoint = endpoint,
                   .model = model};
  auto changing = route.name.ends_with("/disable") ? front.pages.disable(front.loop, std::move(call))
                                                   : front.pages.change_service(front.loop, std::move(call));
  co_return co_await std::move(changing);
}

Task<void> change_service(Front& front, const Route& route, Incoming& incoming,
                          const config::KeySettings* key, HttpClient& client) {
  const auto held = front.services.hosts;  // whose key it is
  auto changing = done_to_host(front, route, incoming);
  const Pages::Told told = co_await std::move(changing);
  note_change(front, route, incoming, key, told.status);
  if (told.status == 200) co_return co_await show(client, "application/json", told.text);
  const ErrorReply error =
      told.status == 404   ? plain_error(404, "invalid_request_error", "unknown_endpoint", told.text)
      : told.status == 400 ? plain_error(400, "invalid_request_error", "invalid_body", told.text)
                           : plain_error(told.status, "api_error", "not_available", told.text);
  co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
}

// How the hosts stand, or stood, also for one key or team.
Task<void> show_status(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                       HttpClient& client) {
  const auto said = [&](std::string_view name) { return query_value(incoming.query, name).value_or(""); };
  const std::string as = said("as"), team = said("team");
  if (as.empty() && team.empty() && said("at").empty()) {
    auto asking = front.pages.status(front.loop);
    const std::string text = co_await std::move(asking);
    co_return co_await show(client, "application/json", text);
  }
  const auto held = front.services.hosts;  // whose key it is
  if (const auto error = may_pretend(front, as, team, key))
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  auto making = front.pages.slow_page(front.loop, Page::status, incoming.query, {});
  const Pages::Told told = co_await std::move(making);
  if (told.status == 200) co_return co_await show(client, "application/json", told.text);
  const std::string why = "This cannot be shown: " + told.text + ".";
  const ErrorReply error = told.status == 400
                               ? plain_error(400, "invalid_request_error", "invalid_parameter", why)
                               : not_told({.status = told.status, .text = why});
  co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
}

Task<void> show_changes(Front& front, HttpClient& client) {
  auto asking = front.pages.changes(front.loop);
  const Pages::Told told = co_await std::move(asking);
  co_await show(client, "application/json", told.text);
}

}  // namespace

Task<void> answer_page(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                       HttpClient& client) {
  switch (route.page) {
    case Page::models:
    case Page::embedding_models:
    case Page::model_count:
    case Page::model:
    case Page::model_data:
    case Page::endpoints:
    case Page::parameters:
    case Page::providers:
    case Page::zero_retention:
      co_return co_await answer_catalogue_page(front, route, incoming, key, client);
    case Page::gemini_models:
    case Page::gemini_model:
      co_return co_await answer_catalogue_page(front, route, incoming, key, client);
    case Page::accounts:
    case Page::provisioning:
    case Page::keys:
    case Page::spend:
    case Page::limits:
    case Page::users:
      co_return co_await administer(front, route, incoming, key, client);
    case Page::greeting:
      co_return co_await show(client, "text/plain; charset=utf-8", greeting);
    case Page::openapi: {
      const std::string text = openapi_page();
      co_return co_await show(client, "application/json", text);
    }
    case Page::alive:
      co_return co_await show(client, "text/plain", "ok\n");
    case Page::ready:
      if (front.draining) {
        const ErrorReply error = plain_error(503, "api_error", "draining", "This gateway is shutting down.");
        co_return co_await turn_down(front, incoming, client, error, {.path = route.name});
      }
      co_return co_await show(client, "text/plain", "ready\n");
    case Page::metrics: {
      const std::shared_ptr<const std::string> text = co_await front.pages.metrics(front.loop);
      co_return co_await show(client, "text/plain; version=0.0.4; charset=utf-8", *text);
    }
    case Page::status:
      co_return co_await show_status(front, route, incoming, key, client);
    case Page::service:
      co_return co_await change_service(front, route, incoming, key, client);
    case Page::changes:
      co_return co_await show_changes(front, client);
    case Page::reload: {
      const auto held = front.services.hosts;  // whose key it is
      const Reloaded reloaded = co_await front.pages.reload(front.loop);
      note_change(front, route, incoming, key, reloaded.status);
      co_await client.answer({.status = reloaded.status, .content_type = "application/json", .fields = {}},
                             reloaded.body);
      co_return;
    }
    case Page::policy_apply:
      co_return co_await apply(front, route, incoming, key, client);
    case Page::request:
      co_return co_await show_request(front, route, incoming, key, client);
    case Page::explain:
      co_return co_await explain(front, route, incoming, key, client);
    default:  // inference, stored answers, and what is the console's
      break;
  }
}

}  // namespace gateway

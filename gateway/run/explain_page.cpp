#include "gateway/run/explain_page.hpp"

#include <algorithm>

#include "gateway/http/query.hpp"
#include "gateway/request/explanation.hpp"
#include "gateway/request/pretence.hpp"
#include "gateway/request/understand.hpp"
#include "gateway/run/refusals.hpp"
#include "gateway/surfaces/surfaces.hpp"
#include "gateway/tab/tab.hpp"

namespace gateway {
namespace {

using providers::Task;

// The API of the call that is to be explained; null where clients speak no such API.
const Surface* surface_named(std::string_view name) {
  if (name.empty()) return surface_of(config::Format::chat);
  const auto found = std::ranges::find(config::format_names, name);
  if (found == std::end(config::format_names)) return nullptr;
  return surface_of(static_cast<config::Format>(found - std::begin(config::format_names)));
}

std::string names_of_apis() {
  std::string names;
  for (const std::string_view name : config::format_names) {
    if (surface_named(name)) names.append(names.empty() ? "" : ", ").append("`").append(name).append("`");
  }
  return names;
}

ErrorReply unknown_api() {
  return plain_error(400, "invalid_request_error", "unknown_api", "`api` is one of " + names_of_apis() + ".");
}

// As whom and when the call is to be seen.
std::optional<ErrorReply> pretend(Front& front, Incoming& incoming, const config::KeySettings*& key) {
  const auto said = [&](std::string_view name) { return query_value(incoming.query, name).value_or(""); };
  const std::string as = said("as"), team = said("team");
  const Generation& generation = *front.services.hosts->generation;
  if (auto error = may_pretend(front, as, team, key)) return error;
  const auto meant =
      pretence(as, team, said("at"), generation.catalogue->settings(), front.services.timer.wall());
  if (const auto* why = std::get_if<std::string>(&meant)) {
    return plain_error(400, "invalid_request_error", "invalid_parameter",
                       "This cannot be explained: " + *why + ".");
  }
  const Pretence& pretended = std::get<Pretence>(meant);
  if (pretended.key) key = pretended.key;
  incoming.as_of = pretended.wall;
  return std::nullopt;
}

}  // namespace

// Others' keys are the business of those with a role.
std::optional<ErrorReply> may_pretend(const Front& front, const std::string& as, const std::string& team,
                                      const config::KeySettings* key) {
  const bool is_another = !as.empty() || !team.empty();
  const bool is_open = front.services.hosts->generation->keys.open_to_all();
  if (!is_another || is_open || (key && key->role >= config::Role::viewer)) return std::nullopt;
  return plain_error(403, "permission_error", "role_required",
                     "What another key would meet is told to keys with a role.");
}

Task<void> explain(Front& front, const Route& route, Incoming& incoming, const config::KeySettings* key,
                   HttpClient& client) {
  DecidingServices& services = front.services;
  const std::string_view api = parameter(incoming.query, "api");
  const Surface* surface = surface_named(api);
  if (!surface) {
    const ErrorReply error = unknown_api();
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
  }
  if (const auto error = pretend(front, incoming, key))
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  auto understood = understand(*surface, incoming, key, services);
  if (auto* error = std::get_if<ErrorReply>(&understood)) {
    // Of a body without what only chats have.
    if (api.empty() && error->param == "messages")
      error->message += ". Of a body of another API say `?api=`, one of " + names_of_apis();
    co_return co_await turn_down(front, incoming, client, *error, {.path = route.name, .key = key});
  }
  auto& request = std::get<InferenceRequest>(understood);
  const std::optional<Screen> screen = screen_of(incoming.query);
  Record nobodys;
  Till* const till = front.serving ? front.serving->till : nullptr;
  const Tab::Pretended as_if = Tab(services, till, request, nobodys).pretend();
  Explanation said = explained(services, request, screen, as_if.kept_out);
  if (as_if.capped) said.fields += "x-isocost-capped: " + std::to_string(*as_if.capped) + "\r\n";
  co_await client.answer({.status = 200,
                          .content_type = screen ? "text/plain; charset=utf-8" : "application/json",
                          .fields = said.fields},
                         said.page);
}

}  // namespace gateway

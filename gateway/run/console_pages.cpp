#include "gateway/run/console_pages.hpp"

#include <boost/json.hpp>

#include "gateway/console/console_files.hpp"
#include "gateway/run/refusals.hpp"

namespace gateway {
namespace {

using providers::Task;
namespace json = boost::json;

Task<void> show_page(HttpClient& client, std::string_view content_type, std::string_view body,
                     std::string_view more_fields = {}) {
  const std::string fields = std::string(console_fields).append(more_fields);
  co_await client.answer({.status = 200, .content_type = content_type, .fields = fields}, body);
}

Task<void> show_file(Front& front, const Route& route, Incoming& incoming, HttpClient& client) {
  const ConsoleFile* file = console_file(route.parameter);
  if (!file) {
    const ErrorReply error =
        plain_error(404, "invalid_request_error", "unknown_path", "The console has no such file.");
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name});
  }
  co_await show_page(client, content_type(*file), file->packed(), "Content-Encoding: gzip\r\n");
}

const KeyRing& keys_of(const Front& front) {
  return front.services.hosts->generation->keys;
}

Task<void> show_me(Front& front, Incoming& incoming, HttpClient& client) {
  const config::KeySettings* key = logged_in(front, incoming);
  const bool is_open = keys_of(front).open_to_all();
  json::object page{{"may_look", is_open || key != nullptr}, {"demo", is_open && front.pages.is_demo()}};
  page["key"] = key ? json::value(key->name.text) : json::value(nullptr);
  const std::string text = json::serialize(page);
  co_await show_page(client, "application/json", text);
}

std::string key_in(const std::string& body) {
  boost::system::error_code error;
  const json::value page = json::parse(body, error);
  const json::value* key = !error && page.is_object() ? page.get_object().if_contains("key") : nullptr;
  return key && key->is_string() ? std::string(key->get_string()) : std::string();
}

// An empty key ends a log-in.
Task<void> log_in(Front& front, const Route& route, Incoming& incoming, HttpClient& client) {
  const std::string presented = key_in(incoming.body);
  const config::KeySettings* key = presented.empty() ? nullptr : keys_of(front).find(presented);
  const bool may_look = key && key->role >= config::Role::viewer && front.logins;
  if (!presented.empty() && !may_look) {
    ErrorReply error = key ? plain_error(403, "permission_error", "role_required",
                                         "This key has no role: it is for inference alone.")
                           : plain_error(401, "authentication_error", "invalid_api_key",
                                         "This is not one of this gateway's keys.");
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
  }
  const std::string token =
      may_look ? front.logins->token_for(*key, front.services.timer.wall()) : std::string();
  const std::string fields = Logins::cookie(token, incoming.origin);
  co_await show_page(client, "application/json", may_look ? "{\"logged_in\":true}" : "{\"logged_in\":false}",
                     fields);
}

// Until the client leaves or the gateway does. One that does not read is cut like every other.
Task<void> stream_events(Front& front, const Route& route, Incoming& incoming, HttpClient& client) {
  Pages::Seen seen = co_await front.pages.events(front.loop, 0);
  if (!seen.text) {
    const ErrorReply error =
        plain_error(503, "api_error", "too_many_watchers", "Too many watch this gateway already.");
    co_return co_await turn_down(front, incoming, client, error, {.path = route.name});
  }
  providers::Pieces first{*seen.text};
  bool goes_on = co_await client.begin(
      {.status = 200, .content_type = "text/event-stream", .fields = console_fields}, first);
  while (goes_on && !front.draining) {
    seen = co_await front.pages.events(front.loop, seen.next);
    if (!seen.text) break;
    providers::Pieces more{*seen.text};
    goes_on = co_await client.write(more);
  }
  if (!goes_on) co_return;
  providers::Pieces nothing;
  co_await client.end(nothing);
}

std::string_view code_of(int status) {
  switch (status) {
    case 400:
      return "invalid_value";
    case 404:
      return "not_found";
    default:
      return "not_available";
  }
}

Task<void> show_slow_page(Front& front, const Route& route, Incoming& incoming,
                          const config::KeySettings* key, HttpClient& client) {
  const auto held = front.services.hosts;  // whose key it is
  auto making = front.pages.slow_page(front.loop, route.page, incoming.query, incoming.body);
  const Pages::Told told = co_await std::move(making);
  if (told.status == 200) co_return co_await show_page(client, "application/json", told.text);
  const std::string_view type = told.status < 500 ? "invalid_request_error" : "api_error";
  const ErrorReply error = plain_error(told.status, type, code_of(told.status), told.text);
  co_await turn_down(front, incoming, client, error, {.path = route.name, .key = key});
}

}  // namespace

bool is_of_console(Page page) {
  return page >= Page::market && page <= Page::login;
}

const config::KeySettings* logged_in(const Front& front, const Incoming& incoming) {
  if (!front.logins || incoming.cookies.empty()) return nullptr;
  const std::string_view token = login_in(incoming.cookies);
  if (token.empty()) return nullptr;
  const auto& keys = front.services.hosts->generation->catalogue->settings().keys;
  const config::KeySettings* key = front.logins->find(keys, token, front.services.timer.wall());
  return key && key->role >= config::Role::viewer ? key : nullptr;
}

Task<void> answer_console_page(Front& front, const Route& route, Incoming& incoming,
                               const config::KeySettings* key, HttpClient& client) {
  switch (route.page) {
    case Page::console:
      co_return co_await show_file(front, route, incoming, client);
    case Page::console_root: {
      const std::string fields = std::string(console_fields) + "Location: /ui/\r\n";
      co_await client.answer({.status = 308, .content_type = "text/plain", .fields = fields}, {});
      co_return;
    }
    case Page::me:
      co_return co_await show_me(front, incoming, client);
    case Page::login:
      co_return co_await log_in(front, route, incoming, client);
    case Page::events:
      co_return co_await stream_events(front, route, incoming, client);
    default:
      co_return co_await show_slow_page(front, route, incoming, key, client);
  }
}

}  // namespace gateway

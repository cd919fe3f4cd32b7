#include "gateway/http/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/text/json_string.hpp"

namespace gateway {
namespace {

enum class Verb { get, post, get_or_delete, any };

// A path in braces is a route's parameter, with slashes where there are some.
struct Entry {
  std::string_view path;
  Verb verb;
  Page page;
  Needs needs;
  config::Format format{};
};

constexpr auto gemini = config::Format::gemini;

// The first that fits is meant.
constexpr std::array entries{
    Entry{"/v1/chat/completions", Verb::post, Page::inference, Needs::client_key, config::Format::chat},
    Entry{"/v1/completions", Verb::post, Page::inference, Needs::client_key, config::Format::completions},
    Entry{"/v1/embeddings", Verb::post, Page::inference, Needs::client_key, config::Format::embeddings},
    Entry{"/v1/messages", Verb::post, Page::inference, Needs::client_key, config::Format::messages},
    Entry{"/v1/messages/count_tokens", Verb::post, Page::counting, Needs::client_key,
          config::Format::messages},
    Entry{"/v1/responses", Verb::post, Page::inference, Needs::client_key, config::Format::responses},
    Entry{"/v1/responses/input_tokens", Verb::post, Page::counting, Needs::client_key,
          config::Format::responses},
    Entry{"/v1/responses/{id}/input_items", Verb::get, Page::stored_answer, Needs::client_key},
    Entry{"/v1/responses/{id}/cancel", Verb::post, Page::stored_answer, Needs::client_key},
    Entry{"/v1/responses/{id}", Verb::get_or_delete, Page::stored_answer, Needs::client_key},
    Entry{"/v1beta/models/{model}:generateContent", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1beta/models/{model}:streamGenerateContent", Verb::post, Page::inference, Needs::client_key,
          gemini},
    Entry{"/v1beta/models/{model}:countTokens", Verb::post, Page::counting, Needs::client_key, gemini},
    Entry{"/v1beta/models/{model}:embedContent", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1beta/models/{model}:batchEmbedContents", Verb::post, Page::inference, Needs::client_key,
          gemini},
    Entry{"/v1/models/{model}:embedContent", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1/models/{model}:batchEmbedContents", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1/models/{model}:generateContent", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1/models/{model}:streamGenerateContent", Verb::post, Page::inference, Needs::client_key, gemini},
    Entry{"/v1/models/{model}:countTokens", Verb::post, Page::counting, Needs::client_key, gemini},
    Entry{"/v1beta/models", Verb::get, Page::gemini_models, Needs::client_key},
    Entry{"/v1beta/models/{model}", Verb::get, Page::gemini_model, Needs::client_key},
    Entry{"/v1/route/explain", Verb::post, Page::explain, Needs::client_key},
    Entry{"/v1/models", Verb::get, Page::models, Needs::client_key},
    Entry{"/v1/models/user", Verb::get, Page::models, Needs::client_key},
    Entry{"/v1/models/count", Verb::get, Page::model_count, Needs::client_key},
    Entry{"/v1/models/{model}/endpoints", Verb::get, Page::endpoints, Needs::client_key},
    Entry{"/v1/models/{model}", Verb::get, Page::model, Needs::client_key},
    Entry{"/v1/model/{model}", Verb::get, Page::model_data, Needs::client_key},
    Entry{"/v1/parameters/{model}", Verb::get, Page::parameters, Needs::client_key},
    Entry{"/v1/embeddings/models", Verb::get, Page::embedding_models, Needs::client_key},
    Entry{"/v1/providers", Verb::get, Page::providers, Needs::client_key},
    Entry{"/v1/endpoints/zdr", Verb::get, Page::zero_retention, Needs::client_key},
    Entry{"/v1/generation", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/generation/content", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/key", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/keys", Verb::any, Page::provisioning, Needs::administering},
    Entry{"/v1/keys/{hash}", Verb::any, Page::provisioning, Needs::administering},
    Entry{"/v1/credits", Verb::any, Page::accounts, Needs::seeing_use},
    Entry{"/v1/activity", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/", Verb::get, Page::greeting, Needs::nothing},
    Entry{"/openapi.json", Verb::get, Page::openapi, Needs::nothing},
    Entry{"/healthz", Verb::get, Page::alive, Needs::nothing},
    Entry{"/readyz", Verb::get, Page::ready, Needs::nothing},
    Entry{"/metrics", Verb::get, Page::metrics, Needs::looking},
    Entry{"/admin/endpoints", Verb::get, Page::status, Needs::looking},
    Entry{"/admin/endpoints/{name}/drain", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/endpoints/{name}/resume", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/endpoints/{name}/disable", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/endpoints/{name}/enable", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/endpoints/{name}/probe", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/prefills", Verb::post, Page::service, Needs::changing},
    Entry{"/admin/changes", Verb::get, Page::changes, Needs::seeing_use},
    Entry{"/admin/limits", Verb::get, Page::limits, Needs::seeing_use},
    Entry{"/admin/spend", Verb::get, Page::spend, Needs::seeing_use},
    Entry{"/admin/keys", Verb::any, Page::keys, Needs::administering},
    Entry{"/admin/keys/{name}/change", Verb::post, Page::keys, Needs::administering},
    Entry{"/admin/keys/{name}/rotate", Verb::post, Page::keys, Needs::administering},
    Entry{"/admin/keys/{name}/revoke", Verb::post, Page::keys, Needs::administering},
    Entry{"/admin/keys/{name}", Verb::any, Page::keys, Needs::administering},
    // A user's name may be anything, also what no path can hold: the body says it then.
    Entry{"/admin/users/forget", Verb::post, Page::users, Needs::administering},
    Entry{"/admin/users/{user}/forget", Verb::post, Page::users, Needs::administering},
    Entry{"/admin/reload", Verb::post, Page::reload, Needs::changing},
    Entry{"/admin/requests/{id}", Verb::get, Page::request, Needs::seeing_use},
    Entry{"/admin/market", Verb::get, Page::market, Needs::looking},
    Entry{"/admin/market/history", Verb::get, Page::market_history, Needs::looking},
    Entry{"/admin/spend/elsewhere", Verb::get, Page::comparison, Needs::seeing_use},
    Entry{"/admin/events", Verb::get, Page::events, Needs::seeing_use},
    Entry{"/admin/configuration", Verb::get, Page::configuration, Needs::seeing_use},
    Entry{"/admin/policies", Verb::get, Page::policies, Needs::seeing_use},
    Entry{"/admin/policies/check", Verb::post, Page::policy_check, Needs::seeing_use},
    Entry{"/admin/policies/try", Verb::post, Page::policy_trial, Needs::seeing_use},
    Entry{"/admin/policies/apply", Verb::post, Page::policy_apply, Needs::changing},
    Entry{"/ui", Verb::get, Page::console_root, Needs::own_site},
    Entry{"/ui/", Verb::get, Page::console, Needs::own_site},
    Entry{"/ui/me", Verb::get, Page::me, Needs::own_site},
    Entry{"/ui/login", Verb::post, Page::login, Needs::own_site},
    Entry{"/ui/{file}", Verb::get, Page::console, Needs::own_site},
};

// What stands in `path` where the entry has its parameter; nothing where it is another path.
std::optional<std::string_view> fitted(const Entry& entry, std::string_view path) {
  const std::size_t begin = entry.path.find('{');
  if (begin == std::string_view::npos)
    return path == entry.path ? std::optional(std::string_view()) : std::nullopt;
  const std::string_view before = entry.path.substr(0, begin);
  const std::string_view behind = entry.path.substr(entry.path.find('}') + 1);
  if (!path.starts_with(before) || !path.ends_with(behind)) return std::nullopt;
  if (path.size() <= before.size() + behind.size()) return std::nullopt;
  return path.substr(before.size(), path.size() - before.size() - behind.size());
}

bool takes(const Entry& entry, Method method) {
  if (entry.verb == Verb::any) return true;
  if (entry.verb == Verb::get_or_delete && method == Method::del) return true;
  return entry.verb == Verb::post ? method == Method::post : method == Method::get || method == Method::head;
}

Routed answer(Method method, const Entry& entry, std::string_view parameter) {
  if (!takes(entry, method)) {
    const std::string_view allowed = entry.verb == Verb::post            ? "POST"
                                     : entry.verb == Verb::get_or_delete ? "GET, HEAD, DELETE"
                                                                         : "GET, HEAD";
    return WrongMethod{entry.page, entry.path, allowed};
  }
  const std::size_t colon = entry.path.find("}:");
  const std::string_view action =
      colon == std::string_view::npos ? std::string_view() : entry.path.substr(colon + 2);
  return Route{entry.page, entry.needs, entry.path, parameter, action, entry.format, Root::v1};
}

// OpenAI's, and not served: it is no id of an answer.
constexpr std::string_view compact = "/v1/responses/compact";

Routed route_at_v1(Method method, std::string_view path, std::string_view outside) {
  if (path == compact) return NoRoute{};
  for (const Entry& entry : entries) {
    const bool is_outside = outside == entry.path;
    const auto parameter = is_outside ? std::optional(std::string_view()) : fitted(entry, path);
    if (parameter) return answer(method, entry, *parameter);
  }
  return NoRoute{};
}

}  // namespace

Root root_of(std::string_view path) {
  return path.starts_with("/api/v1/") ? Root::api_v1 : Root::v1;
}

Routed route(Method method, std::string_view path) {
  if (root_of(path) == Root::v1) return route_at_v1(method, path, path);
  constexpr std::string_view api = "/api", version = "/v1";
  path.remove_prefix(api.size());
  Routed found = route_at_v1(method, path, path.substr(version.size()));
  if (auto* there = std::get_if<Route>(&found)) there->root = Root::api_v1;
  return found;
}

bool is_of_model(std::string_view name) {
  return std::ranges::any_of(
      entries, [&](const Entry& entry) { return entry.page == Page::inference && entry.path == name; });
}

std::vector<KnownRoute> known_routes() {
  std::vector<KnownRoute> routes;
  for (const Entry& entry : entries) {
    routes.push_back(
        {entry.verb == Verb::post ? "post" : "get", entry.path, entry.page, entry.needs, entry.format});
    if (entry.verb == Verb::get_or_delete) {
      routes.push_back({"delete", entry.path, entry.page, entry.needs, entry.format});
    }
  }
  return routes;
}

namespace {

// Its percent signs read; as it stands where that would give a character that is not `allowed`.
template <class Allowed>
std::string percent_read(std::string_view parameter, Allowed allowed) {
  std::string text;
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(parameter[i]);
    if (byte == '%') {
      if (i + 2 >= parameter.size()) return std::string(parameter);
      const char* const end = parameter.data() + i + 3;
      if (std::from_chars(end - 2, end, byte, 16).ptr != end) return std::string(parameter);
      i += 2;
    }
    if (!allowed(byte)) return std::string(parameter);
    text += static_cast<char>(byte);
  }
  return text;
}

}  // namespace

std::string decoded(std::string_view parameter) {
  return percent_read(parameter, [](unsigned byte) { return byte > ' ' && byte < 0x7f; });
}

std::string decoded_name(std::string_view parameter) {
  std::string name = percent_read(parameter, [](unsigned byte) { return byte >= ' ' && byte != 0x7f; });
  return is_utf8(name) ? name : std::string(parameter);
}

std::optional<Page> page_of(const Routed& routed) {
  if (const auto* there = std::get_if<Route>(&routed)) return there->page;
  if (const auto* wrong = std::get_if<WrongMethod>(&routed)) return wrong->page;
  return std::nullopt;
}

}  // namespace gateway

#include "gateway/http/routes.hpp"

#include <array>
#include <charconv>

namespace gateway {
namespace {

enum class Verb { get, post };

struct Entry {
  std::string_view path;
  Verb verb;
  Page page;
  Needs needs;
  config::Format format{};
};

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
    Entry{"/v1/route/explain", Verb::post, Page::explain, Needs::client_key},
    Entry{"/v1/models", Verb::get, Page::models, Needs::client_key},
    Entry{"/", Verb::get, Page::greeting, Needs::nothing},
    Entry{"/healthz", Verb::get, Page::alive, Needs::nothing},
    Entry{"/readyz", Verb::get, Page::ready, Needs::nothing},
    Entry{"/metrics", Verb::get, Page::metrics, Needs::looking},
    Entry{"/admin/endpoints", Verb::get, Page::status, Needs::looking},
    Entry{"/admin/reload", Verb::post, Page::reload, Needs::changing},
};

constexpr std::string_view models = "/v1/models/";
constexpr std::string_view endpoints = "/endpoints";

Routed answer(Method method, const Entry& entry, std::string_view parameter) {
  const bool right =
      entry.verb == Verb::post ? method == Method::post : method == Method::get || method == Method::head;
  if (!right) return WrongMethod{entry.page, entry.path, entry.verb == Verb::post ? "POST" : "GET, HEAD"};
  return Route{entry.page, entry.needs, entry.path, parameter, entry.format, Root::v1};
}

Routed route_at_v1(Method method, std::string_view path, std::string_view outside) {
  for (const Entry& entry : entries) {
    if (path == entry.path || outside == entry.path) return answer(method, entry, {});
  }
  if (path.starts_with(models) && path.size() > models.size()) {
    const std::string_view rest = path.substr(models.size());
    if (rest.ends_with(endpoints) && rest.size() > endpoints.size()) {
      return answer(method, {"/v1/models/{model}/endpoints", Verb::get, Page::endpoints, Needs::client_key},
                    rest.substr(0, rest.size() - endpoints.size()));
    }
    return answer(method, {"/v1/models/{model}", Verb::get, Page::model, Needs::client_key}, rest);
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

std::string decoded(std::string_view parameter) {
  std::string text;
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(parameter[i]);
    if (byte == '%') {
      if (i + 2 >= parameter.size()) return std::string(parameter);
      const char* const end = parameter.data() + i + 3;
      if (std::from_chars(end - 2, end, byte, 16).ptr != end) return std::string(parameter);
      i += 2;
    }
    if (byte <= ' ' || byte >= 0x7f) return std::string(parameter);
    text += static_cast<char>(byte);
  }
  return text;
}

std::optional<Page> page_of(const Routed& routed) {
  if (const auto* there = std::get_if<Route>(&routed)) return there->page;
  if (const auto* wrong = std::get_if<WrongMethod>(&routed)) return wrong->page;
  return std::nullopt;
}

}  // namespace gateway

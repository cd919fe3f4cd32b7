#include "gateway/http/routes.hpp"

#include <array>
#include <charconv>

namespace gateway {
namespace {

enum class Verb { get, post, any };

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
    Entry{"/v1/models/user", Verb::get, Page::models, Needs::client_key},
    Entry{"/v1/models/count", Verb::get, Page::model_count, Needs::client_key},
    Entry{"/v1/embeddings/models", Verb::get, Page::embedding_models, Needs::client_key},
    Entry{"/v1/providers", Verb::get, Page::providers, Needs::client_key},
    Entry{"/v1/endpoints/zdr", Verb::get, Page::zero_retention, Needs::client_key},
    Entry{"/v1/generation", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/generation/content", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/key", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/keys", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/credits", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/v1/activity", Verb::any, Page::accounts, Needs::client_key},
    Entry{"/", Verb::get, Page::greeting, Needs::nothing},
    Entry{"/healthz", Verb::get, Page::alive, Needs::nothing},
    Entry{"/readyz", Verb::get, Page::ready, Needs::nothing},
    Entry{"/metrics", Verb::get, Page::metrics, Needs::looking},
    Entry{"/admin/endpoints", Verb::get, Page::status, Needs::looking},
    Entry{"/admin/reload", Verb::post, Page::reload, Needs::changing},
};

// Paths with a variable part between a begin and an end. The first that fits counts.
struct Family {
  std::string_view begin, end;
  std::string_view name;
  Verb verb;
  Page page;
};
constexpr std::array families{
    Family{"/v1/models/", "/endpoints", "/v1/models/{model}/endpoints", Verb::get, Page::endpoints},
    Family{"/v1/models/", "", "/v1/models/{model}", Verb::get, Page::model},
    Family{"/v1/model/", "", "/v1/model/{model}", Verb::get, Page::model_data},
    Family{"/v1/parameters/", "", "/v1/parameters/{model}", Verb::get, Page::parameters},
    Family{"/v1/keys/", "", "/v1/keys/{hash}", Verb::any, Page::accounts},
};

Routed answer(Method method, const Entry& entry, std::string_view parameter) {
  const bool gets = method == Method::get || method == Method::head;
  const bool right = entry.verb == Verb::any || (entry.verb == Verb::post ? method == Method::post : gets);
  if (!right) return WrongMethod{entry.page, entry.path, entry.verb == Verb::post ? "POST" : "GET, HEAD"};
  return Route{entry.page, entry.needs, entry.path, parameter, entry.format, Root::v1};
}

Routed route_at_v1(Method method, std::string_view path, std::string_view outside) {
  for (const Entry& entry : entries) {
    if (path == entry.path || outside == entry.path) return answer(method, entry, {});
  }
  for (const Family& family : families) {
    if (!path.starts_with(family.begin) || path.size() <= family.begin.size() + family.end.size()) continue;
    const std::string_view rest = path.substr(family.begin.size());
    if (!rest.ends_with(family.end)) continue;
    return answer(method, {family.name, family.verb, family.page, Needs::client_key},
                  rest.substr(0, rest.size() - family.end.size()));
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

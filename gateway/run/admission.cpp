#include "gateway/run/admission.hpp"

#include <array>

#include "config/values/address.hpp"
#include "gateway/http/cors.hpp"
#include "gateway/text/in_quotes.hpp"

namespace gateway {
namespace {

ErrorReply missing_key(std::string_view presented) {
  ErrorReply error =
      plain_error(401, "authentication_error", "invalid_api_key",
                  presented.empty() ? "No API key was given. Send it as `Authorization: Bearer KEY`."
                                    : "The API key is not one of this gateway's.");
  error.should_retry = ShouldRetry::no;
  return error;
}

bool offered(Offers offers, Page page) {
  switch (page) {
    case Page::greeting:
    case Page::openapi:
    case Page::alive:
    case Page::ready:
      return true;
    case Page::metrics:
    case Page::status:
    case Page::reload:
    case Page::service:
    case Page::changes:
    case Page::limits:
    case Page::keys:
    case Page::spend:
    case Page::users:
    case Page::request:
    case Page::market:
    case Page::market_history:
    case Page::comparison:
    case Page::events:
    case Page::configuration:
    case Page::policies:
    case Page::policy_check:
    case Page::policy_trial:
    case Page::policy_apply:
    case Page::console:
    case Page::console_root:
    case Page::me:
    case Page::login:
      return offers != Offers::inference;
    default:
      return offers != Offers::administration;
  }
}

// Of APIs that clients look for, and that are not here.
bool is_of_no_text(std::string_view path) {
  if (const std::size_t version = path.find("/v1/"); version != std::string_view::npos) {
    path.remove_prefix(version + 4);
  }
  const auto begins = [&](std::string_view name) { return path.starts_with(name); };
  return begins("images") || begins("audio") || begins("rerank") || begins("videos") || begins("realtime");
}

// The same for a path that is not known and for one that is offered elsewhere.
ErrorReply nothing_at(const std::string& path, Offers offers) {
  std::string message = "There is nothing at " + path;
  const bool is_of_admin = path == "/admin" || path.starts_with("/admin/") || path == "/metrics";
  if (offers == Offers::administration || (is_of_admin && offers != Offers::inference)) {
    message +=
        ". Of administration GET /metrics, /admin/endpoints, /admin/limits, /admin/spend, /admin/keys, "
        "/admin/changes and /admin/requests/{id} and POST /admin/reload are here, and the console at /ui/.";
  } else if (is_of_admin) {
    message += " for clients. Administration has an address of its own, `admin` in the configuration.";
  } else if (path.find("/v1/responses/") != std::string::npos ||
             path.find("/v1/conversations") != std::string::npos) {
    message += ". Nothing is stored here: POST /v1/responses takes all of the history as `input`.";
  } else if (is_of_no_text(path)) {
    message += ". isocost routes calls for text and for embeddings: no pictures, no sound, no ranking.";
  } else {
    message +=
        ". POST /v1/chat/completions, POST /v1/responses, POST /v1/messages and GET /v1/models are here.";
  }
  return plain_error(404, "invalid_request_error", "unknown_path", std::move(message));
}

// "localhost" of "Localhost:8080", "::1" of "[::1]:8080". Only what is no browser leaves the field out.
bool names_this_machine(std::string_view host) {
  if (host.empty()) return true;
  const bool in_brackets = host.starts_with('[');
  std::string name(in_brackets ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':')));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return config::is_loopback(name);
}

// Of a page of another site: neither of this machine nor of the very address that is asked.
bool is_foreign(std::string_view origin, std::string_view host) {
  if (origin.empty()) return false;
  const auto page = config::parse_base_url(origin);
  const auto* url = std::get_if<config::BaseUrl>(&page);
  if (!url) return true;
  return !config::is_loopback(url->host) && origin.substr(origin.find("://") + 3) != host;
}

// The same of a browser that brings a cookie, which it brings to all ports of a machine.
bool is_elsewhere(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return !origin.empty() && (scheme == std::string_view::npos || origin.substr(scheme + 3) != host);
}

ErrorReply foreign_page(const std::string& origin) {
  return plain_error(403, "permission_error", "foreign_origin",
                     "Origin: found " + in_quotes(origin) +
                         "; pages of other sites may not call here without a key of their own. Add one under "
                         "`keys` in the configuration, and have the page present it.");
}

// A site can give its own name the address of this machine, and its pages are then no foreign ones.
ErrorReply foreign_host(const std::string& host) {
  return plain_error(403, "permission_error", "foreign_host",
                     "Host: found " + in_quotes(host) +
                         "; where no key is asked for, this machine is called by `localhost`, `127.0.0.1` or "
                         "`[::1]`. Use one of them, or add a key under `keys` in the configuration.");
}

NotAdmitted refused(ErrorReply error, std::string_view path, const config::KeySettings* key = nullptr) {
  const std::string_view reason = error.code;
  return {.error = std::move(error), .fields = {}, .reason = reason, .path = path, .key = key};
}

NotAdmitted wrong_method(const std::string& path, std::string_view allowed, std::string_view name) {
  NotAdmitted result = refused(plain_error(405, "invalid_request_error", "method_not_allowed",
                                           path + " takes " + std::string(allowed) + " only."),
                               name);
  result.fields = "Allow: " + std::string(allowed) + "\r\n";
  return result;
}

// Where nobody is asked for a key. A page of another site may call where the operator names it.
std::variant<Admitted, NotAdmitted> without_key(const Admitted& admitted, const Incoming& incoming,
                                                Reach reach, const config::CorsSettings& cors, bool is_open) {
  const std::string_view path = admitted.route.name;
  if (is_open && reach == Reach::this_machine && !names_this_machine(incoming.host))
    return refused(foreign_host(incoming.host), path);
  const bool may_call = admitted.route.needs == Needs::client_key && is_named(cors, incoming.origin);
  if (!may_call && is_foreign(incoming.origin, incoming.host)) {
    return refused(foreign_page(incoming.origin), path);
  }
  return admitted;
}

config::Role least_role(Needs needs) {
  switch (needs) {
    case Needs::administering:
      return config::Role::admin;
    case Needs::changing:
      return config::Role::operator_;
    case Needs::looking:
    case Needs::seeing_use:
      return config::Role::viewer;
    default:
      return config::Role::none;
  }
}

std::string_view name_of(config::Role role) {
  constexpr std::array<std::string_view, 4> names{"none", "`viewer`", "`operator`", "`admin`"};
  return names[static_cast<std::size_t>(role)];
}

bool has_role(const config::KeySettings& key, Needs needs) {
  return key.role >= least_role(needs);
}

ErrorReply no_role(const config::KeySettings& key, const Route& route) {
  const config::Role least = least_role(route.needs);
  const std::string_view wanted = least == config::Role::admin       ? "admin`"
                                  : least == config::Role::operator_ ? "operator` or `admin`"
                                                                     : "viewer`, `operator` or `admin`";
  ErrorReply error =
      plain_error(403, "permission_error", "role_required",
                  std::string(route.name) + " takes a key with `role: " + std::string(wanted) + "; the key " +
                      in_quotes(key.name.text) + " has " + std::string(name_of(key.role)) + ".");
  error.should_retry = ShouldRetry::no;
  return error;
}

// Of a key that was one.
std::optional<ErrorReply> no_longer(const config::KeySettings& key, config::WallTime wall) {
  const bool is_over = key.expires && *key.expires <= std::chrono::system_clock::to_time_t(wall);
  if (!key.is_disabled && !is_over) return std::nullopt;
  ErrorReply error =
      plain_error(401, "authentication_error", key.is_disabled ? "key_disabled" : "key_expired",
                  "The API key " + in_quotes(key.name.text) +
                      (key.is_disabled ? " is disabled or was revoked." : " has expired."));
  error.should_retry = ShouldRetry::no;
  return error;
}

}  // namespace

std::variant<Admitted, NotAdmitted> admit(config::WallTime wall, const Incoming& incoming, Offers offers,
                                          Reach reach, const KeyRing& keys, const config::CorsSettings& cors,
                                          std::uint64_t generation, KeptKey& kept,
                                          const config::KeySettings* logged_in) {
  const Routed routed = route(incoming.method, incoming.path);
  const std::optional<Page> page = page_of(routed);
  if (!page || !offered(offers, *page)) return refused(nothing_at(incoming.path, offers), "unknown");
  if (const auto* wrong = std::get_if<WrongMethod>(&routed)) {
    return wrong_method(incoming.path, wrong->allowed, wrong->name);
  }
  Admitted admitted{.route = std::get<Route>(routed)};
  const Needs needs = admitted.route.needs;
  if (needs == Needs::nothing) return admitted;
  const bool may_look = offers == Offers::administration && needs == Needs::looking;
  const bool is_open = keys.open_to_all() || may_look;
  if (is_open || needs == Needs::own_site) return without_key(admitted, incoming, reach, cors, is_open);

  const bool is_by_cookie = logged_in && incoming.credential.empty() && needs != Needs::client_key;
  admitted.key = is_by_cookie ? logged_in : kept.find(keys, generation, incoming.credential);
  if (!admitted.key) {
    NotAdmitted unknown = refused(missing_key(incoming.credential), admitted.route.name);
    if (incoming.credential.empty()) unknown.reason = "missing_api_key";
    return unknown;
  }
  if (auto error = no_longer(*admitted.key, wall)) {
    return refused(*std::move(error), admitted.route.name, admitted.key);
  }
  if (!has_role(*admitted.key, needs)) {
    return refused(no_role(*admitted.key, admitted.route), admitted.route.name, admitted.key);
  }
  // Cookies and certificates are shown by browsers unasked, whatever page it is that calls.
  const bool is_unasked = incoming.credential.empty();
  const bool is_foreign_page =
      is_unasked ? is_elsewhere(incoming.origin, incoming.host) : is_foreign(incoming.origin, incoming.host);
  const bool may_call = needs == Needs::client_key && (!is_unasked || is_named(cors, incoming.origin));
  if (is_foreign_page && !may_call) {
    return refused(foreign_page(incoming.origin), admitted.route.name, admitted.key);
  }
  return admitted;
}

}  // namespace gateway

#include "gateway/request/admission.hpp"

#include "config/values/address.hpp"
#include "gateway/text/quoted.hpp"

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
    case Page::alive:
    case Page::ready:
      return true;
    case Page::metrics:
    case Page::status:
      return offers != Offers::inference;
    case Page::reload:
      return offers == Offers::administration;
    default:
      return offers != Offers::administration;
  }
}

// The same for a path that is not known and for one that is offered elsewhere.
ErrorReply nothing_at(const std::string& path, Offers offers) {
  std::string message = "There is nothing at " + path;
  if (offers == Offers::administration) {
    message += ". GET /metrics, GET /admin/endpoints and POST /admin/reload are here.";
  } else if (path.starts_with("/admin/") || path == "/metrics") {
    message += " for clients. Administration has an address of its own, `admin` in the configuration.";
  } else {
    message += ". POST /v1/chat/completions and GET /v1/models are here.";
  }
  return plain_error(404, "invalid_request_error", "unknown_path", std::move(message));
}

// A browser sends what any page asks it to, to this machine, too. Where no key is asked for, a page of
// another site could spend the money that this gateway's credentials stand for.
bool is_foreign(std::string_view origin) {
  if (origin.empty()) return false;
  const auto page = config::parse_base_url(origin);
  const auto* url = std::get_if<config::BaseUrl>(&page);
  return !url || !config::is_loopback(url->host);
}

ErrorReply foreign_page(const std::string& origin) {
  return plain_error(403, "permission_error", "foreign_origin",
                     "Origin: found " + quoted(origin) +
                         "; where no key is asked for, only pages of this machine may call. Add a key under "
                         "`keys` in the configuration, and have the page present it.");
}

NotAdmitted refused(ErrorReply error) {
  return {.error = std::move(error), .fields = {}};
}

NotAdmitted wrong_method(const std::string& path, std::string_view allowed) {
  return {.error = plain_error(405, "invalid_request_error", "method_not_allowed",
                               path + " takes " + std::string(allowed) + " only."),
          .fields = "Allow: " + std::string(allowed) + "\r\n"};
}

}  // namespace

std::variant<Admitted, NotAdmitted> admit(const Incoming& incoming, Offers offers, const KeyRing& keys,
                                          std::uint64_t generation, KeptKey& kept) {
  const Routed routed = route(incoming.method, incoming.path);
  const std::optional<Page> page = page_of(routed);
  if (!page || !offered(offers, *page)) return refused(nothing_at(incoming.path, offers));
  if (const auto* wrong = std::get_if<WrongMethod>(&routed)) {
    return wrong_method(incoming.path, wrong->allowed);
  }
  Admitted admitted{.route = std::get<Route>(routed)};
  if (admitted.route.needs == Needs::nothing) return admitted;
  // Who reaches the address of administration may administer: client keys are for inference.
  if (offers == Offers::administration || keys.open_to_all()) {
    if (is_foreign(incoming.origin)) return refused(foreign_page(incoming.origin));
    return admitted;
  }
  admitted.key = kept.find(keys, generation, incoming.credential);
  if (!admitted.key) return refused(missing_key(incoming.credential));
  return admitted;
}

}  // namespace gateway

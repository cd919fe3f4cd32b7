#include "providers/host/token_errand.hpp"

#include "providers/credentials/token_request.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/loop/spawn.hpp"

namespace providers {
namespace {

constexpr config::Duration longest_errand = std::chrono::seconds(15);
constexpr std::size_t most_bytes = 64 << 10;

class TokenDialect final : public Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override { return ""; }
  std::string_view content_type() const override { return "application/x-www-form-urlencoded"; }
};

config::ProviderSettings settings_of(const config::ProviderSettings& provider) {
  config::ProviderSettings settings;
  settings.name = provider.name;
  settings.ca_file = provider.ca_file;
  settings.access.proxy = provider.access.proxy;
  settings.limits.max_idle_connections = 0;
  const config::AccessSettings& access = provider.access;
  if (access.google) settings.base_url = access.google->token_url;
  if (access.entra) {
    settings.base_url = access.entra->authority;
    settings.base_url.path += "/" + access.entra->tenant + "/oauth2/v2.0/token";
  }
  return settings;
}

std::string clock_words(const HostReply& reply) {
  const auto words = reply.clock_words();
  return words.empty() ? words : " (" + words + ")";
}

}  // namespace

TokenErrand::TokenErrand(std::shared_ptr<Access> access, boost::asio::io_context& io, Timer& timer,
                         Resolver& resolver)
    : access_(std::move(access)),
      settings_(settings_of(access_->settings())),
      io_(io),
      timer_(timer),
      host_(settings_, io, timer, resolver) {}

void TokenErrand::begin() {
  spawn(io_, fetch(), [kept = shared_from_this()](const std::exception_ptr& fault) {
    if (fault) kept->access_->token.not_fetched("fetching it failed", kept->timer_.now());
  });
}

Task<void> TokenErrand::fetch() {
  std::string why = co_await ask();
  if (why.empty()) co_return;
  access_->token.not_fetched("no access token from " + settings_.base_url.host + ": " + why, timer_.now());
}

Task<std::string> TokenErrand::ask() {
  static const TokenDialect dialect;
  const config::AccessSettings& access = access_->settings().access;
  std::string form;
  if (access.google) {
    const auto assertion = signed_assertion(*access.google, timer_.wall());
    if (!assertion) co_return "the private key of the service account cannot be read";
    form = assertion_form(*assertion);
  } else {
    form = client_credentials_form(*access.entra);
  }
  const std::unique_ptr<Exchange> exchange = host_.begin();
  Limit late([&exchange] { exchange->abort(); });
  timer_.set(late, timer_.now() + longest_errand);
  OutgoingRequest request{.dialect = &dialect, .target = {}, .body = {form}, .traceparent = {}};
  const Result<HostReply> reply = co_await exchange->start(request);
  if (!reply) {
    const std::string_view why = exchange->why();
    co_return why.empty() ? "it cannot be reached" : std::string(why);
  }
  std::string body;
  while (body.size() < most_bytes) {
    const Result<std::string_view> piece = co_await exchange->next();
    if (!piece || piece->empty()) break;
    body.append(*piece);
  }
  JsonTokens tokens;
  GivenToken given = read_token(body, tokens);
  if (reply->status != 200 || given.token.empty()) {
    if (given.why_not.empty()) given.why_not = "it refused";
    co_return "status " + std::to_string(reply->status) + ", " + given.why_not + clock_words(*reply);
  }
  access_->token.fetched(std::move(given.token), given.life, timer_.now());
  co_return "";
}

}  // namespace providers

#include "providers/host/token_errand.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "providers/credentials/temporary_keys.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/loop/spawn.hpp"

namespace providers {
namespace {

// With all of its calls: less than until somebody else is sent.
constexpr config::Duration longest_errand = std::chrono::seconds(15);
constexpr std::size_t most_bytes = 64 << 10;

class TokenDialect final : public Dialect {
 public:
  config::Format format() const override { return config::Format::chat; }
  std::string_view target(const HostModel&, routing::Delivery, std::string&) const override { return ""; }
  std::string_view content_type() const override { return "application/x-www-form-urlencoded"; }
};

// Who gives what this access wants.
config::BaseUrl issuer_of(const config::AccessSettings& access) {
  if (access.aws) return *access.aws->issuer;
  if (access.google) return access.google->metadata_server.value_or(access.google->token_url);
  const config::EntraAccess& entra = *access.entra;
  if (entra.managed_identity) return *entra.managed_identity;
  config::BaseUrl url = entra.authority;
  url.path += "/" + entra.tenant + "/oauth2/v2.0/token";
  return url;
}

// No proxy reaches the server of a machine.
bool is_machines(const config::AccessSettings& access) {
  if (access.aws) return access.aws->source == config::AwsAccess::Source::instance_role;
  return access.google ? access.google->metadata_server.has_value()
                       : access.entra && access.entra->managed_identity.has_value();
}

config::ProviderSettings settings_of(const config::ProviderSettings& provider) {
  config::ProviderSettings settings;
  settings.name = provider.name;
  settings.ca_file = provider.ca_file;
  if (!is_machines(provider.access)) settings.access.proxy = provider.access.proxy;
  settings.limits.max_idle_connections = 0;
  settings.base_url = issuer_of(provider.access);
  return settings;
}

// A token of a workload, which others put there anew while we run.
std::optional<std::string> token_in(const std::string& file) {
  // Whatever else than a file lies there must not hold up the loop.
  const int in = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (in < 0) return std::nullopt;
  struct stat what {};
  std::string text(most_bytes + 1, '\0');
  std::size_t size = 0;
  ssize_t read = ::fstat(in, &what) == 0 && S_ISREG(what.st_mode) ? 1 : -1;
  while (read > 0 && size < text.size()) {
    read = ::read(in, text.data() + size, text.size() - size);
    if (read > 0) size += static_cast<std::size_t>(read);
  }
  ::close(in);
  text.resize(size);
  if (read < 0 || size > most_bytes) return std::nullopt;
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

// What goes into a head or a path.
std::string first_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f) break;
    line += c;
  }
  return line;
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
  const config::TimePoint limit = timer_.now() + longest_errand;
  const config::AccessSettings& access = access_->settings().access;
  if (access.aws) co_return co_await ask_amazon(*access.aws, limit);
  Call call;
  if (access.google && access.google->metadata_server) {
    call = {.method = "GET",
            .target = "/computeMetadata/v1/instance/service-accounts/default/token",
            .fields = "\r\nMetadata-Flavor: Google"};
  } else if (access.google) {
    const auto assertion = signed_assertion(*access.google, timer_.wall());
    if (!assertion) co_return "the private key of the service account cannot be read";
    call.form = assertion_form(*assertion);
  } else if (access.entra->managed_identity) {
    call = {
        .method = "GET", .target = managed_identity_target(*access.entra), .fields = "\r\nMetadata: true"};
  } else if (!access.entra->token_file.empty()) {
    const auto token = token_in(access.entra->token_file);
    if (!token) co_return "the file " + access.entra->token_file + " holds no token";
    call.form = workload_form(*access.entra, *token);
  } else {
    call.form = client_credentials_form(*access.entra);
  }
  const Heard heard = co_await ask_for(call, limit);
  if (!heard.why.empty()) co_return heard.why;
  JsonTokens tokens;
  GivenToken given = read_token(heard.body, tokens);
  co_return take(heard, std::move(given));
}

Task<std::string> TokenErrand::ask_amazon(const config::AwsAccess& aws, config::TimePoint limit) {
  Call call;
  if (aws.source == config::AwsAccess::Source::web_identity) {
    const auto token = token_in(aws.token_file);
    if (!token) co_return "the file " + aws.token_file + " holds no token";
    call = {.target = "/", .form = web_identity_form(aws, *token)};
  } else {
    // Whoever can have a machine send such a request for him cannot have it send this one first.
    call = {.method = "PUT",
            .target = "/latest/api/token",
            .fields = "\r\nX-aws-ec2-metadata-token-ttl-seconds: 300"};
    const Heard session = co_await ask_for(call, limit);
    if (!session.is_good()) co_return "the machine's own server gave no session: " + session.words();
    const std::string path = "/latest/meta-data/iam/security-credentials/";
    call = {.method = "GET",
            .target = path,
            .fields = "\r\nX-aws-ec2-metadata-token: " + first_line(session.body)};
    const Heard role = co_await ask_for(call, limit);
    if (!role.is_good()) co_return "the machine's own server names no role of it: " + role.words();
    call.target = path + first_line(role.body);
  }
  const Heard heard = co_await ask_for(call, limit);
  if (!heard.why.empty()) co_return heard.why;
  JsonTokens tokens;
  GivenToken given = read_temporary_keys(heard.body, timer_.wall(), tokens);
  co_return take(heard, std::move(given));
}

std::string TokenErrand::take(const Heard& heard, GivenToken given) {
  if (heard.status != 200 || given.token.empty()) {
    if (given.why_not.empty()) given.why_not = "it refused";
    return "status " + std::to_string(heard.status) + ", " + given.why_not + heard.clock;
  }
  access_->token.fetched(std::move(given.token), given.life, timer_.now());
  return {};
}

Task<TokenErrand::Heard> TokenErrand::ask_for(const Call& call, config::TimePoint limit) {
  static const TokenDialect dialect;
  const std::unique_ptr<Exchange> exchange = host_.begin();
  Limit late([&exchange] { exchange->abort(); });
  timer_.set(late, limit);
  OutgoingRequest request{.method = call.method,
                          .dialect = &dialect,
                          .target = call.target,
                          .body = {call.form},
                          .traceparent = {},
                          .fields = call.fields};
  Heard heard;
  const Result<HostReply> reply = co_await exchange->start(request);
  if (!reply) {
    const std::string_view why = exchange->why();
    heard.why = why.empty() ? "it cannot be reached" : std::string(why);
    co_return heard;
  }
  heard.status = reply->status;
  heard.clock = clock_words(*reply);
  while (heard.body.size() < most_bytes) {
    const Result<std::string_view> piece = co_await exchange->next();
    if (!piece || piece->empty()) break;
    heard.body.append(*piece);
  }
  co_return heard;
}

}  // namespace providers

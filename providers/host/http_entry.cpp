// How an exchange tells its host who asks where that changes: keys in turn, signatures, tokens; and how it
// gets past a proxy.
#include <array>

#include "providers/credentials/sigv4.hpp"
#include "providers/credentials/temporary_keys.hpp"
#include "providers/host/http_exchange.hpp"
#include "providers/host/request_heads.hpp"
#include "providers/host/token_errand.hpp"
#include "providers/host/tunnel.hpp"

namespace providers {

using routing::FailureKind;

namespace {

// Other loops do not wake us when they have what we wait for.
constexpr config::Duration look_again = std::chrono::milliseconds(25);
constexpr config::Duration longest_for_token = std::chrono::seconds(15);
constexpr auto tolerated_clock = std::chrono::minutes(5);

}  // namespace

std::string HostReply::clock_words() const {
  if (!clock_ahead) return {};
  const bool is_ahead = *clock_ahead > config::Duration(0);
  const auto off = std::chrono::duration_cast<std::chrono::seconds>(is_ahead ? *clock_ahead : -*clock_ahead);
  if (off + std::chrono::seconds(5) < tolerated_clock) return {};
  return "this machine's clock is " + std::to_string(off.count()) + " s " +
         (is_ahead ? "ahead of" : "behind") + " the host's";
}

Task<Result<void>> HttpExchange::enter(const OutgoingRequest& request) {
  Access& access = *provider_.access_;
  ++entered_;
  switch (access.kind()) {
    case Access::Kind::keys: {
      const auto permitted = request.permit ? request.permit->key() : std::nullopt;
      key_ = permitted ? *permitted : access.keys.next(provider_.timer_.now());
      if (request.permit) request.permit->uses(key_);
      const Credential key = access.key(key_, request.dialect->format());
      fields_ = key.field.empty() ? std::string() : "\r\n" + key.field + ": " + key.value;
      break;
    }
    case Access::Kind::signatures: {
      const config::AwsAccess* keys = &*access.settings().access.aws;
      config::AwsAccess fetched;
      if (access.fetches()) {
        const Result<void> came = co_await take_token();
        if (!came) co_return came.error();
        fetched = with_keys(*keys, token_);
        keys = &fetched;
      }
      const std::string target = whole_target(provider_.settings_, request.target);
      const std::string host = host_field(provider_.settings_.base_url);
      fields_ = sigv4_fields({.method = request.method,
                              .host = host,
                              .target = target,
                              .content_type = request.dialect->content_type(),
                              .body = request.body.texts()},
                             *keys, provider_.timer_.wall());
      break;
    }
    case Access::Kind::token: {
      const Result<void> came = co_await take_token();
      if (!came) co_return came.error();
      fields_ = "\r\nAuthorization: Bearer " + token_;
    }
  }
  co_return Result<void>();
}

Task<Result<void>> HttpExchange::take_token() {
  using Next = SharedToken::Next;
  Timer& timer = provider_.timer_;
  const config::TimePoint limit = timer.now() + longest_for_token;
  for (;;) {
    SharedToken::Look look = provider_.access_->token.look(timer.now());
    if (look.next == Next::fetch || look.next == Next::use_and_fetch) provider_.errand_->begin();
    if (look.next == Next::use || look.next == Next::use_and_fetch) {
      token_ = std::move(look.token);
      co_return Result<void>();
    }
    if (look.next == Next::failed || timer.now() >= limit) {
      why_ = look.why.empty() ? "no token, or no keys to sign with, came in time" : std::move(look.why);
      co_return FailureKind::credential;
    }
    co_await waiting_.until(timer, timer.now() + look_again);
    if (aborted_) co_return FailureKind::connect;
  }
}

bool HttpExchange::enters_again(const HostReply& reply, const OutgoingRequest& request) {
  Access& access = *provider_.access_;
  const config::TimePoint now = provider_.timer_.now();
  switch (access.kind()) {
    case Access::Kind::keys: {
      if (!is_of_key(reply.status)) return false;
      const bool is_another = access.keys.refused(key_, reply.status, reply.retry_after, now);
      if (!is_another || entered_ > access.settings().access.more_keys.size()) return false;
      return !request.permit || request.permit->moves(now);
    }
    case Access::Kind::token:
      return reply.status == 401 && access.token.refused(token_, now) && entered_ < 2;
    case Access::Kind::signatures:
      // Keys that were fetched may have ended before their time.
      if (!access.fetches() || (reply.status != 401 && reply.status != 403)) return false;
      return !reply.is_known_and_refused && access.token.refused(token_, now) && entered_ < 2;
  }
  return false;
}

// What is left of the refusal goes with its connection.
void HttpExchange::start_over() {
  body_.reset();
  if (connection_) connection_->close();
  connection_.reset();
}

Task<bool> HttpExchange::pass_proxy(Connection::Socket& socket, config::TimePoint limit) {
  Limit late([&socket] {
    boost::system::error_code ignored;
    socket.close(ignored);
  });
  provider_.timer_.set(late, limit);
  tunnelling_ = &socket;
  why_ = co_await open_tunnel(socket, *provider_.settings_.access.proxy, provider_.settings_.base_url);
  tunnelling_ = nullptr;
  co_return why_.empty() && !aborted_;
}

}  // namespace providers

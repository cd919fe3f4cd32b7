#include "providers/host/http_provider.hpp"

#include <algorithm>

#include "providers/host/http_exchange.hpp"
#include "providers/host/token_errand.hpp"
#include "providers/loop/spawn.hpp"

namespace providers {
namespace {

// After one that could not be made.
constexpr config::Duration until_next_try = std::chrono::seconds(10);

std::shared_ptr<TokenErrand> errand_for(const std::shared_ptr<Access>& access, boost::asio::io_context& io,
                                        Timer& timer, Resolver& resolver) {
  if (!access || !access->fetches()) return nullptr;
  return std::make_shared<TokenErrand>(access, io, timer, resolver);
}

}  // namespace

HttpProvider::HttpProvider(const config::ProviderSettings& settings, boost::asio::io_context& io,
                           Timer& timer, Resolver& resolver, std::shared_ptr<Access> access)
    : settings_(settings),
      io_(io),
      timer_(timer),
      resolver_(resolver),
      spare_(boost::asio::use_service<Spare>(io)),
      pool_(timer, static_cast<std::size_t>(settings.limits.max_idle_connections),
            settings.limits.keep_alive),
      heads_(settings),
      access_(access ? std::move(access) : Access::of(settings)),
      errand_(errand_for(access_, io, timer, resolver)) {
  spare_.add(*this, Spare::Of::hosts);
  if (settings.base_url.scheme == config::BaseUrl::Scheme::https) {
    tls_.emplace(settings.base_url.host, settings.ca_file, settings.access.tls);
  }
}

std::unique_ptr<Exchange> HttpProvider::begin() {
  return std::make_unique<HttpExchange>(*this);
}

void HttpProvider::keep_ready(std::shared_ptr<Provider> self) {
  const config::TimePoint now = timer_.now();
  const bool is_worth_it = is_worth_keeping(now);
  const auto ready = static_cast<int>(pool_.idle()) + connecting_ahead_;
  const int wanted = std::min(settings_.limits.warm_connections, settings_.limits.max_idle_connections);
  if (!is_worth_it || ready >= wanted || now < not_ahead_before_) return;
  ++connecting_ahead_;
  spawn(io_, connect_ahead(self), [this, self](const std::exception_ptr& fault, std::optional<bool> made) {
    --connecting_ahead_;
    if (fault || !made.value_or(false)) not_ahead_before_ = timer_.now() + until_next_try;
  });
}

// Where the host closes idle connections sooner than the next request mostly comes, each would be in vain.
bool HttpProvider::is_worth_keeping(config::TimePoint now) {
  if (readied_) {
    const config::Duration pause = now - *readied_;
    usual_pause_ = usual_pause_ == config::Duration{} ? pause : (3 * usual_pause_ + pause) / 4;
  }
  readied_ = now;
  return usual_pause_ < std::min<config::Duration>(pool_.host_keeps(), settings_.limits.keep_alive);
}

Task<bool> HttpProvider::connect_ahead(std::shared_ptr<Provider>) {
  HttpExchange exchange(*this);
  co_return co_await exchange.connect_ahead();
}

}  // namespace providers

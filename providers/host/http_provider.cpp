#include "providers/host/http_provider.hpp"

#include "providers/host/http_exchange.hpp"
#include "providers/host/token_errand.hpp"

namespace providers {
namespace {

std::shared_ptr<TokenErrand> errand_for(const std::shared_ptr<Access>& access, boost::asio::io_context& io,
                                        Timer& timer, Resolver& resolver) {
  if (!access || access->kind() != Access::Kind::token) return nullptr;
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
    tls_.emplace(settings.base_url.host, settings.ca_file);
  }
}

std::unique_ptr<Exchange> HttpProvider::begin() {
  return std::make_unique<HttpExchange>(*this);
}

}  // namespace providers

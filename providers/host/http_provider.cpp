#include "providers/host/http_provider.hpp"

#include "providers/host/http_exchange.hpp"

namespace providers {
HttpProvider::HttpProvider(const config::ProviderSettings& settings, boost::asio::io_context& io,
                           Timer& timer, Resolver& resolver)
    : settings_(settings),
      io_(io),
      timer_(timer),
      resolver_(resolver),
      spare_(boost::asio::use_service<Spare>(io)),
      pool_(timer, static_cast<std::size_t>(settings.limits.max_idle_connections),
            settings.limits.keep_alive),
      heads_(settings) {
  spare_.add(*this, Spare::Of::hosts);
  if (settings.base_url.scheme == config::BaseUrl::Scheme::https) {
    tls_.emplace(settings.base_url.host, settings.ca_file);
  }
}

std::unique_ptr<Exchange> HttpProvider::begin() {
  return std::make_unique<HttpExchange>(*this);
}

}  // namespace providers

// A host reached by HTTP/1.1, plain or TLS, over kept-alive connections. Redirects are never followed, since
// they would carry the credential. Belongs to one data loop; outlives its exchanges.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "config/values/settings.hpp"
#include "providers/host/provider.hpp"
#include "providers/host/request_heads.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/pool.hpp"
#include "providers/net/resolver.hpp"
#include "providers/net/spare.hpp"
#include "providers/net/tls.hpp"

namespace providers {

class HttpProvider final : public Provider, private Spare::Holder {
 public:
  // `settings`, `timer` and `resolver` must outlive the provider.
  HttpProvider(const config::ProviderSettings& settings, boost::asio::io_context& io, Timer& timer,
               Resolver& resolver);
  std::unique_ptr<Exchange> begin() override;

  // Connections made since the start, for metrics.

 private:
  friend class HttpExchange;
  std::size_t give_back(std::size_t most) override { return pool_.give_back(most); }

  const config::ProviderSettings& settings_;
  boost::asio::io_context& io_;
  Timer& timer_;
  Resolver& resolver_;
  Spare& spare_;
  std::optional<TlsClient> tls_;
  Pool pool_;
  RequestHeads heads_;
};

}  // namespace providers

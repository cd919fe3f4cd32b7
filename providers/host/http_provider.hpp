// A host reached by HTTP/1.1, plain or TLS, over kept-alive connections. Redirects are never followed, since
// they would carry the credential. Belongs to one data loop; outlives its exchanges.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>

#include "config/values/settings.hpp"
#include "providers/host/access.hpp"
#include "providers/host/provider.hpp"
#include "providers/host/request_heads.hpp"
#include "providers/loop/timer.hpp"
#include "providers/net/pool.hpp"
#include "providers/net/resolver.hpp"
#include "providers/net/spare.hpp"
#include "providers/net/tls.hpp"

namespace providers {

class TokenErrand;

class HttpProvider final : public Provider, private Spare::Holder {
 public:
  // `settings`, `timer` and `resolver` must outlive the provider. `access`: what the provider of every loop
  // shares, as Access::of() made it of the same settings.
  HttpProvider(const config::ProviderSettings& settings, boost::asio::io_context& io, Timer& timer,
               Resolver& resolver, std::shared_ptr<Access> access = nullptr);
  std::unique_ptr<Exchange> begin() override;
  // Makes the connections that are missing to `warm_connections`, unless the host would close them before
  // they are used, or none could be made lately.
  void keep_ready(std::shared_ptr<Provider> self) override;

 private:
  friend class HttpExchange;
  // Its own time between requests, as far as it is known from those who wait for them.
  bool is_worth_keeping(config::TimePoint now);
  Task<bool> connect_ahead(std::shared_ptr<Provider> self);
  std::size_t give_back(std::size_t most) override { return pool_.give_back(most); }

  const config::ProviderSettings& settings_;
  boost::asio::io_context& io_;
  Timer& timer_;
  Resolver& resolver_;
  Spare& spare_;
  std::optional<TlsClient> tls_;
  Pool pool_;
  RequestHeads heads_;
  int connecting_ahead_ = 0;
  config::TimePoint not_ahead_before_{};
  std::optional<config::TimePoint> readied_{};
  config::Duration usual_pause_{};             // between the times that it was to be ready
  const std::shared_ptr<Access> access_;       // null: the heads say all
  const std::shared_ptr<TokenErrand> errand_;  // null where no token is needed
};

}  // namespace providers

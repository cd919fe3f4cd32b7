// A market that several gateways have together, as the control loop sees it: what it tells the others, and
// what it takes from them. Belongs to the control loop.
#pragma once

#include "gateway/redis/market_exchange.hpp"
#include "routing/exchange/hearing.hpp"
#include "routing/exchange/telling.hpp"

namespace gateway {

class SharedMarket {
 public:
  // All must outlive it.
  SharedMarket(MarketExchange& exchange, routing::Market& market, const routing::Catalogue& catalogue)
      : exchange_(exchange), telling_(exchange.sender(), market), hearing_(exchange.sender(), market) {
    hearing_.adopt(catalogue);
  }

  void adopt(const routing::Catalogue& catalogue) {
    hearing_.adopt(catalogue);
    exchange_.adopt(catalogue.settings());
  }
  // Whether it is one at all, by the configuration.
  bool is_shared() const { return exchange_.shares_measurements(); }
  // What is new, where the last of it has gone out.
  void tell(const routing::Catalogue& catalogue, const routing::InFlight& in_flight, config::TimePoint now) {
    if (!exchange_.is_ready()) return;
    if (auto bulletin = telling_.take(catalogue, in_flight, now)) exchange_.put(*std::move(bulletin));
  }
  // Both: whether the market knows more.
  bool hear(const std::vector<routing::Bulletin>& bulletins, config::TimePoint now) {
    bool is_news = false;
    for (const routing::Bulletin& each : bulletins) is_news |= hearing_.hear(each, now);
    return is_news;
  }
  void spent(std::vector<PolicySpent> own) { exchange_.put_spent(std::move(own)); }
  bool pass(config::TimePoint now) { return hearing_.pass(now); }

  std::size_t gateways(config::TimePoint now) const { return hearing_.gateways(now); }
  const MarketExchange& exchange() const { return exchange_; }

 private:
  MarketExchange& exchange_;
  routing::Telling telling_;
  routing::Hearing hearing_;
};

}  // namespace gateway

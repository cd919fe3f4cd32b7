#include "gateway/control/sharing.hpp"

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

namespace gateway {

// What other threads tell is heard on the control loop's.
template <class Work>
void Sharing::on_control(Work work) {
  boost::asio::post(control_.io(), std::move(work));
}

void Sharing::share_limits(Books& books, Ledger& ledger) {
  if (start_.settings.redis.url.empty()) return;
  limits_ = std::make_unique<SharedLimits>(start_.settings.redis, kept_.place().gateway, books, ledger, say_,
                                           start_.wall);
  limits_->run();
}

void Sharing::share_market() {
  if (start_.settings.redis.url.empty()) return;
  market_ = std::make_unique<MarketExchange>(
      start_.settings, kept_.place().gateway,
      [this](std::vector<routing::Bulletin> bulletins, std::shared_ptr<void> untaken) {
        on_control([this, told = std::move(bulletins), held = std::move(untaken)] { control_.hear(told); });
      },
      [this](std::vector<PolicySpent> others) {
        on_control([this, spent = std::move(others)] { control_.others_spent(spent); });
      },
      say_);
  control_.share_market(*market_);
  market_->run();
}

void Sharing::end() {
  limits_.reset();
  market_.reset();
}

}  // namespace gateway

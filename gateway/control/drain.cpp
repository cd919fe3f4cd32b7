#include "gateway/control/drain.hpp"

#include <boost/asio/post.hpp>

namespace gateway {
namespace {

namespace asio = boost::asio;

// After the limit of a drain, or a second signal, this much for replies to break off in order.
constexpr auto last_patience = std::chrono::milliseconds(500);

}  // namespace

void Drain::announce() {
  has_begun_ = true;
  if (admin_) admin_->listener().announce_drain();
  for (const auto& loop : loops_) loop->announce_drain();
  limit_.expires_after(delay_);
  limit_.async_wait([this](boost::system::error_code error) {
    if (!error) begin(Listener::Queued::accepted);
  });
}

void Drain::begin(Listener::Queued queued) {
  has_begun_ = true;
  left_ = loops_.size();
  for (const auto& loop : loops_) {
    asio::post(loop->io(), [this, &loop, queued] {
      const auto ended = [this, &loop] {
        loop->io().stop();
        asio::post(control_.io(), [this] { one_drained(); });
      };
      loop->drain(ended, queued);
    });
  }
  limit_.expires_after(timeout_);
  limit_.async_wait([this](boost::system::error_code error) {
    if (!error) break_off();
  });
}

void Drain::break_off() {
  for (const auto& loop : loops_) {
    asio::post(loop->io(), [&loop] { loop->listener().stop(); });
  }
  limit_.expires_after(last_patience);
  limit_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    for (const auto& loop : loops_) loop->io().stop();
    control_.finish();
  });
}

// The administration goes on until the last reply has ended, so that a drain can be watched.
void Drain::one_drained() {
  if (--left_ > 0) return;
  if (!admin_) return control_.finish();
  admin_->listener().drain([this] { control_.finish(); });
  admin_->listener().stop();
}

}  // namespace gateway

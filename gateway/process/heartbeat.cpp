#include "gateway/process/heartbeat.hpp"

#include <boost/asio/post.hpp>

namespace gateway {

void Heartbeat::beat(std::vector<boost::asio::io_context*> others) {
  if (!supervisor_.watchdog()) return;
  others_ = std::move(others);
  alive_ = others_.size();
  look();
}

void Heartbeat::look() {
  if (alive_.load() >= others_.size()) {
    supervisor_.alive();
    alive_ = 0;
    for (boost::asio::io_context* loop : others_) boost::asio::post(*loop, [this] { ++alive_; });
  }
  next_.expires_after(*supervisor_.watchdog() / 3);
  next_.async_wait([this](boost::system::error_code error) {
    if (!error) look();
  });
}

}  // namespace gateway

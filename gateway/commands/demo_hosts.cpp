#include "gateway/commands/demo_hosts.hpp"

#include <boost/asio/post.hpp>

namespace gateway {

DemoHosts::DemoHosts(const config::Fleet& fleet) : hosts_(io_, fleet) {
  hosts_.start();
  ports_ = hosts_.ports();
  thread_ = std::thread([this] { io_.run(); });
}

DemoHosts::~DemoHosts() {
  boost::asio::post(io_, [this] {
    hosts_.stop();
    io_.stop();
  });
  thread_.join();
}

}  // namespace gateway

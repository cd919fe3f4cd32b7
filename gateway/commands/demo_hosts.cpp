#include "gateway/commands/demo_hosts.hpp"

#include <boost/asio/post.hpp>

#include "providers/loop/run_to_end.hpp"

namespace gateway {

DemoHosts::DemoHosts(const config::Fleet& fleet) : hosts_(io_, fleet) {
  hosts_.start();
  ports_ = hosts_.ports();
  // One connection that ends badly ends no other.
  thread_ = std::thread([this] { providers::run_to_end(io_, [](const std::exception&) {}); });
}

DemoHosts::~DemoHosts() {
  boost::asio::post(io_, [this] {
    hosts_.stop();
    io_.stop();
  });
  thread_.join();
}

}  // namespace gateway

#include "providers/net/resolver.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace providers {

namespace asio = boost::asio;

void Resolver::ask(const Key& key, Entry& entry) {
  if (entry.asking) return;
  entry.asking = true;
  ++asking_;
  entry.asked = timer_.now();
  resolver_.async_resolve(
      key.first, std::to_string(key.second),
      [this, key](boost::system::error_code error, const asio::ip::tcp::resolver::results_type& results) {
        if (error == asio::error::operation_aborted) return;  // the loop is going
        Entry& answered = entries_[key];
        answered.asking = false;
        --asking_;
        if (!error) answered.addresses.assign(results.begin(), results.end());
        // Waking may start another wait on the same entry, so the list is taken first.
        for (Sleep* sleep : std::exchange(answered.waiting, {})) sleep->wake();
      });
}

Task<Result<Resolver::Addresses>> Resolver::addresses(const std::string& host, std::uint16_t port,
                                                      config::TimePoint limit, Sleep& wait) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Addresses{{address, port}};
  // Always this machine, asked of nobody: RFC 6761, section 6.3.
  if (host == "localhost") {
    co_return Addresses{{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
  }

  Entry& entry = entries_[{host, port}];
  if (entry.addresses.empty() || timer_.now() >= entry.asked + fresh_for) ask({host, port}, entry);
  if (entry.addresses.empty() && entry.asking) {
    entry.waiting.push_back(&wait);
    co_await wait.until(timer_, limit);
    std::erase(entry.waiting, &wait);
  }
  if (entry.addresses.empty()) co_return routing::FailureKind::resolve;
  co_return entry.addresses;
}

}  // namespace providers

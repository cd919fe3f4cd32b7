#include "gateway/addresses/address_counts.hpp"

namespace gateway {
namespace {

namespace ip = boost::asio::ip;

// Whoever has one IPv6 address has the 2^64 around it.
ip::address owner_of(const ip::address& address) {
  if (!address.is_v6()) return address;
  ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
  for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0;
  return ip::address_v6(bytes);
}

}  // namespace

bool AddressCounts::enter(const ip::address& address) {
  const std::lock_guard lock(mutex_);
  int& count = counts_[owner_of(address)];
  if (count >= most_) return false;
  ++count;
  return true;
}

void AddressCounts::leave(const ip::address& address) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(owner_of(address));
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

}  // namespace gateway

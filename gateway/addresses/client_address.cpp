#include "gateway/addresses/client_address.hpp"

#include <algorithm>
#include <string>

namespace gateway {
namespace {

namespace ip = boost::asio::ip;

config::AddressBytes bytes_of(const ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(white), text.size()));
  return text.substr(0, text.find_last_not_of(white) + 1);
}

// "192.0.2.1", "2001:db8::1"; some proxies add a port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::optional<ip::address> hop(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(as_itself(address));
}

}  // namespace

ip::address as_itself(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

bool is_in(const ip::address& address, std::span<const config::AddressRange> ranges) {
  return !ranges.empty() && config::contains(ranges, bytes_of(address));
}

std::optional<ip::address> forwarded_client(std::string_view fields,
                                            std::span<const config::AddressRange> trusted) {
  std::optional<ip::address> client;
  while (!fields.empty()) {
    const std::size_t comma = fields.rfind(',');
    const std::string_view last = comma == std::string_view::npos ? fields : fields.substr(comma + 1);
    fields = comma == std::string_view::npos ? std::string_view() : fields.substr(0, comma);
    if (trimmed(last).empty()) continue;
    const std::optional<ip::address> named = hop(last);
    // What stands before it was written by whoever that is.
    if (!named) return std::nullopt;
    client = named;
    if (!is_in(*named, trusted)) break;
  }
  return client;
}

}  // namespace gateway

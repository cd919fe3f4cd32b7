#include "config/values/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "config/values/masked.hpp"

namespace config {
namespace {

constexpr int mapped_bits = 96;  // before the IPv4 address in its IPv6 form

struct Address {
  AddressBytes bytes{};
  bool is_v4 = false;
};

std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  address = {.bytes = {}, .is_v4 = true};
  address.bytes[10] = address.bytes[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data() + 12) == 1) return address;
  return std::nullopt;
}

bool bit_of(const AddressBytes& bytes, int index) {
  return (bytes[static_cast<std::size_t>(index / 8)] >> (7 - index % 8)) & 1;
}

}  // namespace

std::variant<AddressRange, AddressFault> parse_address_range(std::string_view text, Before before) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::optional<Address> address = parse_address(std::string(text.substr(0, slash)));
  if (!address) {
    return AddressFault{
        .message = "found " + quoted(text) + "; allowed is an address or a range such as `10.0.0.0/8`",
        .suggestion = "names are not looked up here; write the address"};
  }
  const int most = address->is_v4 ? 32 : 128;
  int bits = most;
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most) {
      return AddressFault{.message = "found " + quoted(text) +
                                     "; behind the slash stands a number from 0 to " + std::to_string(most),
                          .suggestion = {}};
    }
  }
  AddressRange range{.first = address->bytes, .bits = bits + (address->is_v4 ? mapped_bits : 0)};
  for (int i = range.bits; i < 128; ++i) {
    if (!bit_of(range.first, i)) continue;
    if (before == Before::any) {
      range.first[static_cast<std::size_t>(i / 8)] &= static_cast<unsigned char>(~(0x80 >> i % 8));
      continue;
    }
    return AddressFault{.message = "found " + quoted(text) + ", an address within a range of " +
                                   std::to_string(bits) + " bits; allowed is the range's first",
                        .suggestion = "write the address alone, or end it in zeros"};
  }
  return range;
}

bool contains(const AddressRange& range, const AddressBytes& address) {
  const auto whole = static_cast<std::size_t>(range.bits / 8);
  if (!std::equal(range.first.begin(), range.first.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin())) {
    return false;
  }
  for (int i = static_cast<int>(whole) * 8; i < range.bits; ++i) {
    if (bit_of(range.first, i) != bit_of(address, i)) return false;
  }
  return true;
}

bool contains(std::span<const AddressRange> ranges, const AddressBytes& address) {
  return std::ranges::any_of(ranges, [&](const AddressRange& range) { return contains(range, address); });
}

}  // namespace config

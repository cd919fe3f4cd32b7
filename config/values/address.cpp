#include "config/values/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "config/values/ascii.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 1 && value <= 65535 ? std::optional(static_cast<std::uint16_t>(value))
                                               : std::nullopt;
}

// Four numbers up to 255; inet_aton's shorter, octal and hexadecimal forms are not accepted anywhere.
bool is_ipv4(std::string_view host) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    const std::string_view part = host.substr(0, dot);
    unsigned value = 256;
    std::from_chars(part.data(), part.data() + part.size(), value);
    const bool good = !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit) &&
                      value <= 255 && (part.size() == 1 || part.front() != '0');
    if (!good) return false;
    ++parts;
    if (dot == host.size()) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

// Enough to tell an address from a slip; the system's own parser has the last word when it is used.
bool is_ipv6(std::string_view host) {
  const auto allowed = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
  return std::ranges::count(host, ':') >= 2 && host.size() <= 45 && std::ranges::all_of(host, allowed);
}

// A last label like a number would be taken for one by some resolvers: "1.2.3", "0x7f.1".
bool is_host_name(std::string_view host) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool numeric = std::ranges::all_of(last, is_digit) || last.starts_with("0x");
  return !host.empty() && host.size() <= 253 && !numeric && is_alphanumeric(host.front()) &&
         host.find("..") == std::string_view::npos && std::ranges::all_of(host, allowed);
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;  // empty: none was written
  bool colon = false;
  bool good = true;
};

HostAndPort split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return {.host = {}, .port = {}, .colon = false, .good = false};
    const std::string_view rest = text.substr(close + 1), host = text.substr(1, close - 1);
    const bool good = is_ipv6(host) && (rest.empty() || rest.front() == ':');
    return {.host = host, .port = rest.empty() ? rest : rest.substr(1), .colon = !rest.empty(), .good = good};
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, colon);
  return {.host = host,
          .port = colon < text.size() ? text.substr(colon + 1) : std::string_view(),
          .colon = colon < text.size(),
          .good = is_ipv4(host) || is_host_name(host)};
}

// The characters of a path that need no escape (RFC 3986); "." and ".." segments are not resolved by anyone
// here.
bool is_path(std::string_view path) {
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos;
  };
  return std::ranges::all_of(path, allowed) && (std::string(path) + "/").find("/../") == std::string::npos &&
         (std::string(path) + "/").find("/./") == std::string::npos &&
         path.find("//") == std::string_view::npos;
}

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

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (is_ipv4(host) && host.starts_with("127."));
}

bool is_within(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool is_link_local(std::string_view host) {
  return is_ipv4(host) && host.starts_with("169.254.");
}

std::variant<ListenAddress, AddressFault> parse_listen_address(std::string_view text) {
  const HostAndPort parts = split(text);
  // 0: the system chooses a free one.
  const auto port = parts.port == "0" ? std::optional<std::uint16_t>(0) : parse_port(parts.port);
  const bool is_address = text.starts_with('[') || is_ipv4(parts.host) || parts.host == "localhost";
  if (parts.good && port && is_address) {
    return ListenAddress{.host = std::string(parts.host), .port = *port};
  }
  AddressFault fault{
      .message = "found " + in_quotes(text) + "; allowed is an address and a port such as `127.0.0.1:8080`",
      .suggestion = {}};
  if (parts.good && port) {
    fault.suggestion = "of names only `localhost` is one; write `0.0.0.0:" + std::to_string(*port) +
                       "` for every address of this machine";
  }
  if (parse_port(text)) fault.suggestion = "write `127.0.0.1:" + std::string(text) + "`";
  if (text.starts_with(':') && port) {
    fault.suggestion = "write `127.0.0.1" + std::string(text) + "`, or `0.0.0.0" + std::string(text) +
                       "` to be reached from other machines";
  }
  if (!text.starts_with('[') && is_ipv6(text)) fault.suggestion = "put the address in brackets: `[::1]:8080`";
  if (is_address && !parts.colon) fault.suggestion = "add a port: `" + std::string(text) + ":8080`";
  if (parts.good && parts.colon && !port)
    fault.suggestion = "the port is a number from 1 to 65535, or 0 for any free one";
  return fault;
}

std::variant<BaseUrl, AddressFault> parse_base_url(std::string_view text) {
  const auto fault = [](std::string message, std::string suggestion = {}) {
    return AddressFault{.message = std::move(message), .suggestion = std::move(suggestion)};
  };
  BaseUrl url;
  const std::size_t scheme_end = text.find("://");
  const std::string_view scheme = text.substr(0, std::min(scheme_end, text.size()));
  if (scheme_end == std::string_view::npos || (scheme != "https" && scheme != "http")) {
    return fault("a base URL begins with `https://` (or `http://` for this machine)",
                 scheme_end == std::string_view::npos ? "write `https://...`" : "");
  }
  url.scheme = scheme == "https" ? BaseUrl::Scheme::https : BaseUrl::Scheme::http;
  std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  std::string_view path = rest.substr(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return fault("a base URL has no user or password", "put the key under `credential`, as `${NAME}`");
  }
  if (path.find_first_of("?#") != std::string_view::npos) {
    return fault("a base URL has no query and no fragment", "end it before the `?` or `#`");
  }
  const HostAndPort parts = split(authority);
  if (!parts.good) return fault("the URL's host " + in_quotes(parts.host) + " is no host name or address");
  const auto port = parse_port(parts.port);
  if (parts.colon && !port) return fault("the URL's port is not a number from 1 to 65535");
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!is_path(path)) return fault("the URL's path has characters or segments that do not belong there");
  for (const std::string_view call : {"/chat/completions", "/completions", "/models"}) {
    if (!path.ends_with(call)) continue;
    return fault("a base URL ends before the name of the call",
                 "remove `" + std::string(call) + "` from its end");
  }
  url.host = parts.host;
  std::ranges::transform(url.host, url.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  url.port = port.value_or(url.scheme == BaseUrl::Scheme::https ? 443 : 80);
  url.path = path;
  return url;
}

std::variant<AddressRange, AddressFault> parse_address_range(std::string_view text, Before before) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::optional<Address> address = parse_address(std::string(text.substr(0, slash)));
  if (!address) {
    return AddressFault{
        .message = "found " + in_quotes(text) + "; allowed is an address or a range such as `10.0.0.0/8`",
        .suggestion = "names are not looked up here; write the address"};
  }
  const int most = address->is_v4 ? 32 : 128;
  int bits = most;
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most) {
      return AddressFault{.message = "found " + in_quotes(text) +
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
    return AddressFault{.message = "found " + in_quotes(text) + ", an address within a range of " +
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

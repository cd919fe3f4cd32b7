#include "config/values/server_url.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "config/values/masked.hpp"
#include "config/values/problem.hpp"
#include "config/values/quantity.hpp"

namespace config {
namespace {

BadServerUrl no_password() {
  return {"a password does not belong into an address, which is shown and logged",
          "leave it out there, and write `password: ${NAME}` beside it", true};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Nothing where a % is not followed by two hexadecimal digits.
std::optional<std::string> decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    result.push_back(static_cast<char>(16 * high + low));
    i += 2;
  }
  return result;
}

// Takes what stands before the first of `ends`, and leaves that.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view part = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(part.size());
  return part;
}

class UrlReader {
 public:
  UrlReader(std::string_view text, std::span<const std::string_view> schemes, std::string wanted)
      : text_(text), schemes_(schemes), wanted_(std::move(wanted)) {}

  MaybeServerUrl read() {
    auto bad = whole();
    if (!bad) return url_;
    // Whatever else is wrong with it.
    const std::size_t at = text_.rfind('@'), colon = text_.find(':', text_.find("://") + 3);
    bad->has_secret =
        (at != std::string_view::npos && colon < at) || text_.find('?') != std::string_view::npos;
    return *bad;
  }

 private:
  using Bad = std::optional<BadServerUrl>;

  Bad whole() {
    constexpr std::size_t longest = 2'000;
    std::string_view rest = text_;
    const std::size_t colon = rest.find("://");
    const std::string_view scheme = rest.substr(0, colon);
    const bool is_known =
        colon != std::string_view::npos && std::ranges::find(schemes_, scheme) != schemes_.end();
    const bool is_plain = std::ranges::all_of(text_, [](unsigned char c) { return c > ' ' && c < 0x7f; });
    if (colon != std::string_view::npos && !is_known && is_plain && scheme.size() <= 32)
      return BadServerUrl{"found an address that begins with " + in_quotes(text_.substr(0, colon + 3)) +
                              "; allowed is " + wanted_,
                          ""};
    if (!is_known || !is_plain || text_.size() > longest)
      return BadServerUrl{"this is no such address", "write " + wanted_};
    url_.scheme = scheme;
    rest.remove_prefix(colon + 3);
    if (const Bad bad = authority(take_until(rest, "/?"))) return bad;
    if (rest.starts_with('/')) {
      rest.remove_prefix(1);
      if (const Bad bad = decode(take_until(rest, "?"), "the database", url_.path)) return bad;
    }
    if (!rest.empty()) rest.remove_prefix(1);
    while (!rest.empty()) {
      if (const Bad bad = parameter(take_until(rest, "&"))) return bad;
      if (!rest.empty()) rest.remove_prefix(1);
    }
    return std::nullopt;
  }

  Bad decode(std::string_view part, std::string_view what, std::string& into) {
    const auto text = decoded(part);
    if (!text)
      return BadServerUrl{
          std::string(what) + " " + in_quotes(part) + " has a % without two hexadecimal digits",
          "write %25 for a %"};
    into = *text;
    return std::nullopt;
  }

  Bad authority(std::string_view part) {
    const std::size_t at = part.rfind('@');
    if (at != std::string_view::npos) {
      const std::string_view user = part.substr(0, at);
      if (user.find(':') != std::string_view::npos) return no_password();
      if (user.empty())
        return BadServerUrl{"there is no user before the @", "write the user's name, or leave the @ out"};
      if (const Bad bad = decode(user, "the user", url_.user)) return bad;
      part.remove_prefix(at + 1);
    }
    for (;;) {
      const std::string_view one = take_until(part, ",");
      if (const Bad bad = host(one)) return bad;
      if (part.empty()) return std::nullopt;
      part.remove_prefix(1);
    }
  }

  Bad host(std::string_view text) {
    ServerUrl::Host host;
    std::string_view name = text;
    if (text.starts_with('[')) {
      const std::size_t closing = text.find(']');
      if (closing == std::string_view::npos)
        return BadServerUrl{"the host " + in_quotes(text) + " has no `]`", "write `[::1]:6379`"};
      name = text.substr(1, closing - 1);
      text.remove_prefix(closing + 1);
      if (!text.empty() && text[0] != ':')
        return BadServerUrl{"behind the `]` stands " + in_quotes(text), "write `[::1]:6379`"};
    } else {
      name = take_until(text, ":");
    }
    if (const Bad bad = decode(name, "the host", host.name)) return bad;
    if (!text.empty()) {
      const auto port = parse_whole(text.substr(1));
      if (!port || *port < 1 || *port > 65'535)
        return BadServerUrl{in_quotes(text.substr(1)) + " is no port",
                            "write a number from 1 to 65535, and an address of IPv6 as `[::1]`"};
      host.port = static_cast<std::uint16_t>(*port);
    }
    url_.hosts.push_back(std::move(host));
    return std::nullopt;
  }

  Bad parameter(std::string_view part) {
    const std::string_view name = take_until(part, "=");
    if (name == "password" || name == "sslpassword") return no_password();
    if (name.empty() || part.empty())
      return BadServerUrl{
          "the parameter " + in_quotes(std::string(name) + std::string(part)) + " is not `name=value`",
          "write `name=value`, with & between two"};
    auto& added = url_.parameters.emplace_back(name, "");
    return decode(part.substr(1), "the parameter " + in_quotes(name) + " with", added.second);
  }

  const std::string_view text_;
  const std::span<const std::string_view> schemes_;
  const std::string wanted_;
  ServerUrl url_;
};

std::string listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list.append(list.empty() ? "" : ", ").append(in_quotes(word));
  return list;
}

// What libpq 15 takes in an address.
constexpr std::array<std::string_view, 35> postgres_parameters{"application_name",
                                                               "channel_binding",
                                                               "client_encoding",
                                                               "connect_timeout",
                                                               "dbname",
                                                               "fallback_application_name",
                                                               "gssencmode",
                                                               "gsslib",
                                                               "host",
                                                               "hostaddr",
                                                               "keepalives",
                                                               "keepalives_count",
                                                               "keepalives_idle",
                                                               "keepalives_interval",
                                                               "krbsrvname",
                                                               "options",
                                                               "passfile",
                                                               "port",
                                                               "requirepeer",
                                                               "requiressl",
                                                               "service",
                                                               "ssl",
                                                               "ssl_max_protocol_version",
                                                               "ssl_min_protocol_version",
                                                               "sslcert",
                                                               "sslcompression",
                                                               "sslcrl",
                                                               "sslcrldir",
                                                               "sslkey",
                                                               "sslmode",
                                                               "sslrootcert",
                                                               "sslsni",
                                                               "target_session_attrs",
                                                               "tcp_user_timeout",
                                                               "user"};
constexpr std::array<std::string_view, 6> ssl_modes{"disable", "allow",     "prefer",
                                                    "require", "verify-ca", "verify-full"};
constexpr std::array<std::string_view, 6> session_kinds{"any",     "read-write", "read-only",
                                                        "primary", "standby",    "prefer-standby"};
constexpr std::array<std::string_view, 4> protocols{"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
constexpr std::array<std::string_view, 3> bindings{"disable", "prefer", "require"};
constexpr std::array<std::string_view, 6> numbers{"connect_timeout",     "keepalives",
                                                  "keepalives_count",    "keepalives_idle",
                                                  "keepalives_interval", "tcp_user_timeout"};

std::optional<BadServerUrl> bad_parameter(const std::string& name, const std::string& value) {
  if (std::ranges::find(postgres_parameters, name) == postgres_parameters.end()) {
    const std::vector<std::string> known(postgres_parameters.begin(), postgres_parameters.end());
    const std::string near = nearest(name, known);
    return BadServerUrl{"PostgreSQL has no parameter " + in_quotes(name),
                        near.empty() ? "leave it out" : "did you mean " + in_quotes(near) + "?"};
  }
  const auto one_of = [&](std::span<const std::string_view> words) -> std::optional<BadServerUrl> {
    if (std::ranges::find(words, value) != words.end()) return std::nullopt;
    return BadServerUrl{in_quotes(name) + " is " + in_quotes(value), "write one of " + listed(words)};
  };
  if (name == "sslmode") return one_of(ssl_modes);
  if (name == "target_session_attrs") return one_of(session_kinds);
  if (name == "channel_binding" || name == "gssencmode") return one_of(bindings);
  if (name == "ssl_min_protocol_version" || name == "ssl_max_protocol_version") return one_of(protocols);
  if (std::ranges::find(numbers, name) != numbers.end() && !parse_whole(value))
    return BadServerUrl{in_quotes(name) + " is " + in_quotes(value), "write a whole number"};
  return std::nullopt;
}

}  // namespace

std::string ServerUrl::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? "" : found->second;
}

MaybeServerUrl redis_url(std::string_view text) {
  static constexpr std::array<std::string_view, 2> schemes{"redis", "rediss"};
  MaybeServerUrl read =
      UrlReader(text, schemes, "an address such as `redis://cache.example.com:6379/0`").read();
  auto* url = std::get_if<ServerUrl>(&read);
  if (!url) return read;
  if (!url->user.empty())
    return BadServerUrl{"the user stands beside the address",
                        "write `user: " + url->user + "`, and leave it out there"};
  if (url->hosts.size() > 1)
    return BadServerUrl{"there are several hosts",
                        "name one; a cluster is reached through any of its hosts that has all keys"};
  if (url->hosts[0].name.empty()) return BadServerUrl{"there is no host", "write `redis://HOST:6379`"};
  for (const auto& [name, value] : url->parameters) {
    if (name != "ca_file") return BadServerUrl{"Redis has no parameter " + in_quotes(name), "leave it out"};
    if (url->scheme != "rediss")
      return BadServerUrl{"without TLS there is no certificate to check",
                          "write `rediss://`, or leave `ca_file` out"};
  }
  if (url->path.empty()) url->path = "0";
  const auto database = parse_whole(url->path);
  if (!database || *database < 0 || *database > 65'535)
    return BadServerUrl{in_quotes(url->path) + " is no database of Redis", "write its number, such as `/0`"};
  if (url->hosts[0].port == 0) url->hosts[0].port = 6379;
  return read;
}

MaybeServerUrl postgres_url(std::string_view text) {
  static constexpr std::array<std::string_view, 2> schemes{"postgresql", "postgres"};
  MaybeServerUrl read =
      UrlReader(text, schemes, "an address such as `postgresql://isocost@db.example.com/isocost`").read();
  if (const auto* url = std::get_if<ServerUrl>(&read)) {
    for (const auto& [name, value] : url->parameters) {
      if (const auto bad = bad_parameter(name, value)) return *bad;
    }
  }
  return read;
}

}  // namespace config

#include "gateway/trace/otlp_settings.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace gateway {
namespace {

std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

// "%20" is a space.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const bool is_escape =
        text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3;
    out += is_escape ? static_cast<char>(byte) : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

// "a=1,b=2"
std::vector<std::pair<std::string, std::string>> pairs_in(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    pairs.emplace_back(trimmed(pair.substr(0, equals)), unescaped(trimmed(pair.substr(equals + 1))));
  }
  return pairs;
}

// What is wrong with the address, or nothing.
std::optional<std::string> read_address(std::string_view url, OtlpSettings& settings) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) {
    return "the address of a collector that can be reached here is http://HOST:PORT, in plain HTTP; a "
           "collector "
           "on this machine may pass traces on by TLS";
  }
  url.remove_prefix(scheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  settings.path = std::string(url.substr(slash));
  // What stands before an @ is a password, and the address is told when traces go there and when they do not.
  if (authority.find('@') != std::string_view::npos)
    return "the address of a collector holds no user and no password; OTEL_EXPORTER_OTLP_HEADERS may";
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  settings.port = has_port ? std::string(authority.substr(colon + 1)) : "80";
  if (has_port) authority = authority.substr(0, colon);
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  settings.host = std::string(authority);
  const bool is_number =
      !settings.port.empty() && settings.port.find_first_not_of("0123456789") == std::string::npos;
  const bool is_plain = std::ranges::none_of(url, [](char c) { return c <= ' ' || c == 0x7f; });
  if (settings.host.empty() || !is_number || !is_plain)
    return "\"" + std::string(url.substr(0, 100)) + "\" is no address";
  return std::nullopt;
}

std::optional<std::string> read_sampler(const std::string& name, const std::string& share,
                                        Sampling& sampling) {
  sampling.follows_parent = name.empty() || name.starts_with("parentbased_");
  const std::string plain = name.starts_with("parentbased_") ? name.substr(12) : name;
  if (plain.empty() || plain == "always_on") return std::nullopt;
  if (plain == "always_off") return sampling.share = 0, std::nullopt;
  if (plain != "traceidratio") return "\"" + name + "\" is no sampler that is known here";
  const auto [end, error] = std::from_chars(share.data(), share.data() + share.size(), sampling.share);
  const bool is_share = error == std::errc() && end == share.data() + share.size() && sampling.share >= 0 &&
                        sampling.share <= 1;
  if (!share.empty() && !is_share) return "OTEL_TRACES_SAMPLER_ARG is a share from 0 to 1";
  return std::nullopt;
}

}  // namespace

std::variant<std::monostate, OtlpSettings, std::string> otlp_settings(const Environment& variable) {
  const auto value = [&](const char* name) { return variable(name).value_or(""); };
  const std::string exporter = value("OTEL_TRACES_EXPORTER");
  if (value("OTEL_SDK_DISABLED") == "true" || exporter == "none") return std::monostate{};
  OtlpSettings settings;
  std::string url = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const bool is_whole = !url.empty();
  if (url.empty()) url = value("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (url.empty()) return std::monostate{};
  std::string protocol = value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
  if (protocol.empty()) protocol = value("OTEL_EXPORTER_OTLP_PROTOCOL");
  if (protocol == "grpc") return "OTEL_EXPORTER_OTLP_PROTOCOL: found \"grpc\"; only http/json is spoken here";
  if (auto wrong = read_address(url, settings)) return "OTEL_EXPORTER_OTLP_ENDPOINT: " + *wrong;
  if (!is_whole) {
    if (settings.path.ends_with('/')) settings.path.pop_back();
    settings.path += "/v1/traces";
  } else if (settings.path.empty()) {
    settings.path = "/";
  }
  std::string headers = value("OTEL_EXPORTER_OTLP_TRACES_HEADERS");
  if (headers.empty()) headers = value("OTEL_EXPORTER_OTLP_HEADERS");
  settings.headers = pairs_in(headers);
  const auto is_bad = [](const auto& pair) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
    return std::ranges::any_of(pair.first, [&](char c) { return is_control(c) || c == ':' || c == ' '; }) ||
           std::ranges::any_of(pair.second, is_control);
  };
  if (std::ranges::any_of(settings.headers, is_bad))
    return "OTEL_EXPORTER_OTLP_HEADERS: there is a header that cannot be sent";
  for (auto& [name, text] : pairs_in(value("OTEL_RESOURCE_ATTRIBUTES"))) {
    if (name == "service.name") {
      settings.service = text;
    } else {
      settings.resource.emplace_back(name, text);
    }
  }
  if (const std::string name = value("OTEL_SERVICE_NAME"); !name.empty()) settings.service = name;
  std::string timeout = value("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT");
  if (timeout.empty()) timeout = value("OTEL_EXPORTER_OTLP_TIMEOUT");
  long milliseconds = 0;
  std::from_chars(timeout.data(), timeout.data() + timeout.size(), milliseconds);
  if (milliseconds > 0 && milliseconds < 600'000) settings.timeout = std::chrono::milliseconds(milliseconds);
  if (auto wrong =
          read_sampler(value("OTEL_TRACES_SAMPLER"), value("OTEL_TRACES_SAMPLER_ARG"), settings.sampling))
    return "OTEL_TRACES_SAMPLER: " + *wrong;
  return settings;
}

}  // namespace gateway

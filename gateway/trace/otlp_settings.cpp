#include "gateway/trace/otlp_settings.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "config/values/address.hpp"
#include "config/values/ascii.hpp"

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
  for (const std::string_view pair : config::comma_list(text)) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    pairs.emplace_back(trimmed(pair.substr(0, equals)), unescaped(trimmed(pair.substr(equals + 1))));
  }
  return pairs;
}

// What is wrong with the address, or nothing.
std::optional<std::string> read_address(std::string_view url, OtlpSettings& settings) {
  // What stands before an @ is a password, and the address is told when traces go there and when they do not.
  const std::size_t scheme = url.find("://");
  const std::string_view behind = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  if (behind.substr(0, behind.find('/')).find('@') != std::string_view::npos)
    return "the address of a collector holds no user and no password; OTEL_EXPORTER_OTLP_HEADERS may";
  const auto parsed = config::parse_base_url(url);
  const auto* const address = std::get_if<config::BaseUrl>(&parsed);
  const bool is_plain = std::ranges::none_of(url, [](char c) { return c <= ' ' || c == 0x7f; });
  if (!address || address->host.empty() || !is_plain)
    return "\"" + std::string(url.substr(0, 100)) +
           "\" is no address; write for example http://127.0.0.1:4318 or https://collector.example.com";
  settings.url = *address;
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

std::string to_text(const config::BaseUrl& url) {
  const bool is_open = url.scheme == config::BaseUrl::Scheme::http;
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  return (is_open ? "http://" : "https://") + (is_ipv6 ? "[" + url.host + "]" : url.host) + ":" +
         std::to_string(url.port) + url.path;
}

std::variant<std::monostate, OtlpSettings, std::string> otlp_settings(const Environment& variable,
                                                                      Signal signal) {
  const bool is_traces = signal == Signal::traces;
  const auto value = [&](const std::string& name) { return variable(name.c_str()).value_or(""); };
  // What is said of one signal goes before what is said of all.
  const auto name_of = [&](const std::string& name) {
    std::string own = std::string("OTEL_EXPORTER_OTLP_") + (is_traces ? "TRACES_" : "METRICS_") + name;
    return value(own).empty() ? "OTEL_EXPORTER_OTLP_" + name : own;
  };
  const auto of_signal = [&](const std::string& name) { return value(name_of(name)); };
  if (value("OTEL_SDK_DISABLED") == "true") return std::monostate{};
  if (value(is_traces ? "OTEL_TRACES_EXPORTER" : "OTEL_METRICS_EXPORTER") == "none") return std::monostate{};
  OtlpSettings settings;
  const std::string own_url =
      value(is_traces ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
  const std::string url = own_url.empty() ? value("OTEL_EXPORTER_OTLP_ENDPOINT") : own_url;
  if (url.empty()) return std::monostate{};
  if (of_signal("PROTOCOL") == "grpc")
    return name_of("PROTOCOL") + ": found \"grpc\"; only http/json is spoken here";
  if (const std::string coding = of_signal("COMPRESSION"); !coding.empty() && coding != "none") {
    if (coding != "gzip")
      return name_of("COMPRESSION") + ": found \"" + coding.substr(0, 100) + "\"; allowed is gzip or none";
    settings.is_packed = true;
  }
  if (auto wrong = read_address(url, settings)) return name_of("ENDPOINT") + ": " + *wrong;
  if (own_url.empty()) {
    settings.url.path += is_traces ? "/v1/traces" : "/v1/metrics";
  } else if (settings.url.path.empty()) {
    settings.url.path = "/";
  }
  if (const std::string file = of_signal("CERTIFICATE"); !file.empty()) settings.ca_file = file;
  settings.headers = pairs_in(of_signal("HEADERS"));
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
  const auto read_time = [](const std::string& text, std::chrono::milliseconds& time, long longest) {
    long milliseconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    if (milliseconds > 0 && milliseconds < longest) time = std::chrono::milliseconds(milliseconds);
  };
  read_time(of_signal("TIMEOUT"), settings.timeout, 600'000);
  read_time(value("OTEL_METRIC_EXPORT_INTERVAL"), settings.interval, 86'400'000);
  if (!is_traces) return settings;
  if (auto wrong =
          read_sampler(value("OTEL_TRACES_SAMPLER"), value("OTEL_TRACES_SAMPLER_ARG"), settings.sampling))
    return "OTEL_TRACES_SAMPLER: " + *wrong;
  return settings;
}

}  // namespace gateway

// What is known of the addresses of clouds, so that one that cannot work is told of before anybody is asked
// there.
#include <strings.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "config/forms/access_form.hpp"
#include "config/values/address.hpp"
#include "config/values/ascii.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

// Those of the package botocore 1.44.8 that anybody can have an account in.
constexpr std::array<std::string_view, 39> regions_of_amazon{
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "ca-central-1",   "ca-west-1",      "cn-north-1",     "cn-northwest-1", "eu-central-1",
    "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",     "eu-west-1",
    "eu-west-2",      "eu-west-3",      "eusc-de-east-1", "il-central-1",   "me-central-1",
    "me-south-1",     "mx-central-1",   "sa-east-1",      "us-east-1",      "us-east-2",
    "us-gov-east-1",  "us-gov-west-1",  "us-west-1",      "us-west-2"};

// The services of Amazon's that answer requests, as the hosts' names begin.
constexpr std::array<std::string_view, 4> services_of_amazon{"bedrock-runtime", "bedrock-runtime-fips",
                                                             "bedrock-mantle", "aws-external-anthropic"};

// Hosts that answer nobody who does not say who asks, beside those services of Amazon's.
constexpr std::array<std::string_view, 5> closed{"openai.azure.com", "services.ai.azure.com",
                                                 "api.anthropic.com", "api.openai.com", "googleapis.com"};

bool is_within_any(std::string_view host, std::span<const std::string_view> domains) {
  return std::ranges::any_of(domains, [&](std::string_view domain) { return is_within(host, domain); });
}

std::string_view first_label(std::string_view host) {
  return host.substr(0, host.find('.'));
}

bool is_service_of_amazon(std::string_view host) {
  constexpr std::array<std::string_view, 4> domains{"amazonaws.com", "amazonaws.com.cn", "api.aws",
                                                    "api.amazonwebservices.com.cn"};
  return is_within_any(host, domains) &&
         std::ranges::find(services_of_amazon, first_label(host)) != services_of_amazon.end();
}

void check_amazons_host(const Node& node, ProviderSettings& provider) {
  const std::string_view host = provider.base_url.host;
  const std::string_view service = first_label(host);
  if (!is_service_of_amazon(host)) return;
  const std::string_view behind = host.substr(std::min(service.size() + 1, host.size()));
  const std::string region(first_label(behind));
  if (std::ranges::find(regions_of_amazon, region) == regions_of_amazon.end()) {
    node["base_url"].warning("no region of Amazon's that is known is called " + in_quotes(region),
                             suggest(region, {regions_of_amazon.begin(), regions_of_amazon.end()}));
  }
  auto& aws = provider.access.aws;
  if (aws && !node["aws"].has("service") && !service.starts_with("bedrock-runtime")) aws->service = service;
  const auto names_workspace = [](const auto& header) {
    return ::strcasecmp(header.name.c_str(), "anthropic-workspace-id") == 0;
  };
  const bool wants_workspace = service == "aws-external-anthropic";
  if (wants_workspace && std::ranges::none_of(provider.access.headers, names_workspace)) {
    node["base_url"].warning("this host wants to be told the workspace",
                             "write `headers: {anthropic-workspace-id: ...}`");
  }
}

// Vertex has a host for each location: "europe-west4-aiplatform.googleapis.com".
std::string host_of_vertex(std::string_view location) {
  const std::string domain = "aiplatform.googleapis.com", name(location);
  if (location == "global") return domain;
  if (location == "eu" || location == "us") return "aiplatform." + name + ".rep.googleapis.com";
  return name + "-" + domain;
}

// The location that a host of Vertex names: "REGION-aiplatform.googleapis.com", with ".mtls" perhaps, and
// "aiplatform.REGION.rep.googleapis.com", with ".p" perhaps. Empty where it names none.
std::string_view location_in(std::string_view host) {
  constexpr std::string_view service = "aiplatform", behind_region = "-aiplatform";
  std::string_view first = first_label(host);
  if (is_within(host, "rep.googleapis.com") && first == service) {
    return first_label(host.substr(service.size() + 1));
  }
  if (!is_within(host, "googleapis.com") || !first.ends_with(behind_region)) return {};
  first.remove_suffix(behind_region.size());
  return first;
}

void check_vertex(const Node& node, const ProviderSettings& provider) {
  const std::string& path = provider.base_url.path;
  constexpr std::string_view before = "/locations/";
  const std::size_t at = path.find(before);
  const std::string_view named = location_in(provider.base_url.host);
  if (named.empty() || at == std::string::npos) return;
  const std::string_view rest = std::string_view(path).substr(at + before.size());
  const std::string location(rest.substr(0, rest.find('/')));
  if (named == location) return;
  node["base_url"].warning("the path is of the location " + in_quotes(location) + ", and the host of another",
                           "the host of " + in_quotes(location) + " is `" + host_of_vertex(location) + "`");
}

// "2024-10-21", "2025-01-01-preview".
bool is_version_of_azure(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  return text.size() == shape.size() || text[shape.size()] == '-';
}

constexpr std::array<std::string_view, 3> domains_of_azure{"openai.azure.com", "services.ai.azure.com",
                                                           "cognitiveservices.azure.com"};
constexpr std::array<std::string_view, 3> versions_of_v1{"v1", "preview", "latest"};

// Of the paths, Azure's own hosts alone: what stands before them elsewhere may be asked in any way.
void check_azure(const Node& node, const ProviderSettings& provider) {
  const std::string &path = provider.base_url.path, &version = provider.access.api_version;
  const bool fits_in_query =
      std::ranges::all_of(version, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
  if (!fits_in_query) return node["api_version"].refuse("a version such as `2024-10-21`");
  if (provider.dialect != Dialect::azure || !is_within_any(provider.base_url.host, domains_of_azure)) return;
  if (path.ends_with("/anthropic/v1")) {
    node["dialect"].warning("Claude at Foundry speaks Anthropic's API", "write `dialect: anthropic`");
  } else if (path.ends_with("/openai/v1")) {
    if (version.empty() || std::ranges::find(versions_of_v1, version) != versions_of_v1.end()) return;
    node["api_version"].warning("the API at `/openai/v1` has no version " + in_quotes(version),
                                "remove it, write `preview`, or end `base_url` with `/openai`, where "
                                "deployments are");
  } else if (!version.empty()) {
    if (is_version_of_azure(version)) return;
    node["api_version"].warning("Azure's versions are days, and this is " + in_quotes(version),
                                "write a version such as `2024-10-21`");
  } else if (path.empty() || path == "/openai") {
    node["base_url"].warning("Azure's APIs are at `/openai`, with an `api_version`, and at `/openai/v1`",
                             "write `api_version: 2024-10-21`, or end `base_url` with `/openai/v1`");
  }
}

}  // namespace

void check_cloud_place(const Node& node, ProviderSettings& provider) {
  check_amazons_host(node, provider);
  check_vertex(node, provider);
  check_azure(node, provider);
  const AccessSettings& access = provider.access;
  const bool says_who = node.has("credential") || access.aws || access.google || access.entra || access.tls ||
                        !access.headers.empty() || !access.query.empty();
  const std::string_view host = provider.base_url.host;
  if (!says_who && (is_within_any(host, closed) || is_service_of_amazon(host))) {
    node["base_url"].warning("nothing says who asks, and this host answers nobody then",
                             "write `credential: ${NAME}`, or what deploy/hosts.md has for it");
  }
}

}  // namespace config

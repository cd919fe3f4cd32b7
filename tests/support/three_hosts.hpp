// A small market to test with: one model at three hosts, one more model, a route over both. Pure data.
#pragma once

#include <memory>
#include <string>

#include "gateway/observe/record.hpp"

namespace tests {

inline constexpr const char* planted_secret = "sk-planted-secret-3f9a";

inline config::Money dollars(double amount) {
  return {static_cast<std::int64_t>(amount * 1e9 + 0.5)};
}

inline config::ProviderSettings host(std::string name, std::string shown) {
  config::ProviderSettings provider;
  provider.name = {std::move(name)};
  provider.display_name = std::move(shown);
  provider.credential = config::Secret(planted_secret);
  provider.credential_source = "${PLANTED}";
  return provider;
}

inline config::EndpointSettings at(std::string name, std::size_t provider, double input, double output,
                                   std::int64_t context) {
  config::EndpointSettings endpoint;
  endpoint.name = {std::move(name)};
  endpoint.provider_index = provider;
  endpoint.host_model = "their-own-name";
  endpoint.context = {context};
  endpoint.prices.input = {dollars(input)};
  endpoint.prices.output = {dollars(output)};
  return endpoint;
}

// deepseek/deepseek-r1 at "deepseek", "azure" and "friendli"; meta/llama at "friendli"; the route "any".
inline config::Settings three_hosts() {
  config::Settings settings;
  settings.providers = {host("deepseek", "DeepSeek"), host("azure", "Azure"), host("friendli", "")};
  settings.providers[0].jurisdiction = "CN";

  config::ModelSettings r1;
  r1.name = {"deepseek/deepseek-r1"};
  r1.aliases = {{"deepseek-r1"}};
  r1.display_name = "DeepSeek R1";
  r1.created = 1737331200;
  r1.endpoints = {at("deepseek", 0, 0.55, 2.19, 64'000), at("azure", 1, 1.35, 5.4, 128'000),
                  at("friendli", 2, 3, 7, 163'840)};
  r1.endpoints[0].max_output = config::Tokens{8'000};
  r1.endpoints[0].prices.cache_read = {dollars(0.14)};
  r1.endpoints[0].quantization = config::Quantization::fp8;
  r1.endpoints[1].features.set(static_cast<std::size_t>(config::Feature::tools));

  config::ModelSettings llama;
  llama.name = {"meta/llama"};
  llama.endpoints = {at("friendli", 2, 0.1, 0.2, 8'192)};
  settings.models = {r1, llama};
  settings.routes = {{.name = {"any"},
                      .members = {{.model = {"deepseek/deepseek-r1"}, .quality_penalty = {}},
                                  {.model = {"meta/llama"}, .quality_penalty = {}}}}};
  return settings;
}

inline std::shared_ptr<const routing::Catalogue> catalogue_of(config::Settings settings,
                                                              std::uint64_t generation = 1) {
  return std::make_shared<const routing::Catalogue>(std::move(settings), generation);
}

inline routing::Snapshot snapshot_of(std::shared_ptr<const routing::Catalogue> catalogue) {
  routing::Snapshot snapshot;
  snapshot.version = 7;
  snapshot.endpoints.resize(catalogue->endpoints().size());
  snapshot.catalogue = std::move(catalogue);
  return snapshot;
}

// An answered request with one successful attempt at `endpoint`.
inline gateway::Record answered(std::shared_ptr<const routing::Catalogue> catalogue,
                                routing::EndpointIndex endpoint) {
  using namespace std::chrono_literals;
  gateway::Record record;
  record.id = "req-1";
  record.wall = config::WallTime(1767225600123ms);  // 2026-01-01
  record.path = "/v1/chat/completions";
  record.model = "deepseek/deepseek-r1";
  record.key = "app";
  record.policy = "balanced";
  record.streamed = true;
  record.status = 200;
  record.ending = gateway::Ending::answered;
  record.prompt_estimate = {120};
  record.until_first_byte = 420'500us;
  record.total = 3'421'007us;
  record.added = 180us;
  record.deciding = 3'100ns;
  record.bytes_in = 512;
  record.bytes_out = 9'000;
  routing::Attempt attempt;
  attempt.endpoint = endpoint;
  attempt.generation = catalogue->generation();
  attempt.first_delta = 420ms;
  attempt.first_visible = 420ms;
  attempt.finished = 3'420ms;
  attempt.worst_gap = 90ms;
  attempt.deltas = 100;
  attempt.usage = routing::Usage{
      .prompt = {118}, .cached = {64}, .cache_written = {}, .output = {101}, .reasoning = {40}, .cost = {}};
  attempt.cost = {1'234'500};
  attempt.propensity = 0.98;
  record.attempts.push_back(attempt);
  record.catalogue = std::move(catalogue);
  return record;
}

}  // namespace tests

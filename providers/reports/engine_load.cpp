#include "providers/reports/engine_load.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace providers {
namespace {

// How the gauges are called; an older name after a newer one. vLLM: docs.vllm.ai, Production Metrics. SGLang:
// docs.sglang.io, Production Metrics. TGI: its reference of metrics. llama.cpp: the README of its server.
struct GaugeNames {
  std::string_view running, waiting;
  std::array<std::string_view, 2> cache_use{};
};

GaugeNames names_of(config::EngineKind kind) {
  switch (kind) {
    case config::EngineKind::vllm:
      return {"vllm:num_requests_running",
              "vllm:num_requests_waiting",
              {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"}};
    case config::EngineKind::sglang:
      return {"sglang:num_running_reqs", "sglang:num_queue_reqs", {"sglang:token_usage", {}}};
    case config::EngineKind::llamacpp:
      return {"llamacpp:requests_processing",
              "llamacpp:requests_deferred",
              {"llamacpp:kv_cache_usage_ratio", {}}};
    case config::EngineKind::tgi:
      return {"tgi_batch_current_size", "tgi_queue_size", {}};
    case config::EngineKind::ollama:
      break;
  }
  return {};
}

// One line of Prometheus' text format: name{labels} value. Nothing of a comment, or of what is no line.
struct Sample {
  std::string_view name, labels;
  double value = 0;
};
std::optional<Sample> sample_in(std::string_view line) {
  if (line.empty() || line.front() == '#') return std::nullopt;
  const std::size_t name_end = line.find_first_of("{ ");
  if (name_end == std::string_view::npos) return std::nullopt;
  Sample sample{.name = line.substr(0, name_end), .labels = {}};
  std::size_t at = name_end;
  if (line[at] == '{') {
    const std::size_t end = line.rfind('}');
    if (end == std::string_view::npos) return std::nullopt;
    sample.labels = line.substr(at + 1, end - at - 1);
    at = end + 1;
  }
  while (at < line.size() && line[at] == ' ') ++at;
  const auto read = std::from_chars(line.data() + at, line.data() + line.size(), sample.value);
  if (read.ec != std::errc() || !std::isfinite(sample.value) || sample.value < 0) return std::nullopt;
  return sample;
}

// Each part of a model that is spread over several cards counts the same requests.
bool is_of_first_part(std::string_view labels) {
  for (const std::string_view rank : {"tp_rank=\"", "pp_rank=\"", "moe_ep_rank=\""}) {
    const std::size_t at = labels.find(rank);
    if (at != std::string_view::npos && labels.substr(at + rank.size(), 2) != "0\"") return false;
  }
  return true;
}

void add(std::optional<double>& sum, double value) {
  sum = sum.value_or(0) + value;
}

EngineLoad from_metrics(const GaugeNames& names, std::string_view page) {
  EngineLoad load;
  if (names.running.empty()) return load;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    std::string_view line = page.substr(0, end);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto sample = sample_in(line);
    if (!sample || !is_of_first_part(sample->labels)) continue;
    // Several models, or several engines behind one port, add up.
    if (sample->name == names.running) add(load.running, sample->value);
    if (sample->name == names.waiting) add(load.waiting, sample->value);
    for (const std::string_view cache : names.cache_use) {
      if (!cache.empty() && sample->name == cache && sample->value <= 1)
        load.cache_use = std::max(load.cache_use.value_or(0), sample->value);
    }
  }
  return load;
}

// Within a JSON text's strings a quote has a backslash before it: what stands between two bare ones is a key.
EngineLoad from_slots(std::string_view page) {
  constexpr std::string_view key = "\"is_processing\"";
  EngineLoad load;
  for (std::size_t at = page.find(key); at != std::string_view::npos; at = page.find(key, at)) {
    at += key.size();
    const std::size_t value = page.find_first_not_of(" \t\r\n:", at);
    if (value == std::string_view::npos) break;
    const std::string_view rest = page.substr(value);
    if (!rest.starts_with("true") && !rest.starts_with("false")) continue;
    add(load.slots, 1);
    add(load.running, rest.starts_with("true") ? 1 : 0);
  }
  return load;
}

}  // namespace

EngineLoad engine_load(config::EngineKind kind, std::string_view page) {
  const std::size_t begin = page.find_first_not_of(" \t\r\n");
  if (kind == config::EngineKind::llamacpp && begin != std::string_view::npos && page[begin] == '[')
    return from_slots(page);
  return from_metrics(names_of(kind), page);
}

}  // namespace providers

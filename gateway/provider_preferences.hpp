// OpenRouter's `provider` object, checked: how one request narrows and orders the hosts that may answer it.
// Absent means not said. Values in the units the client writes, named at each member.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "gateway/body_walk.hpp"

namespace gateway {

// Limits at percentiles of the last minutes; a single number means the median.
struct PercentileLimits {
  std::optional<double> p50{};
  std::optional<double> p75{};
  std::optional<double> p90{};
  std::optional<double> p99{};
};

struct MaxPrice {
  std::optional<double> prompt{};      // dollars per million tokens
  std::optional<double> completion{};  // dollars per million tokens
  std::optional<double> request{};     // dollars each, as the next two
  std::optional<double> image{};
  std::optional<double> audio{};
};

struct ProviderPreferences {
  enum class DataCollection { allow, deny };
  enum class Sort { price, throughput, latency, exacto };
  enum class Partition { model, none };

  std::vector<std::string> order;
  std::vector<std::string> only;
  std::vector<std::string> ignore;
  std::optional<bool> allow_fallbacks{};
  std::optional<bool> require_parameters{};
  std::optional<DataCollection> data_collection{};
  std::optional<bool> zdr{};
  std::optional<bool> enforce_distillable_text{};
  std::vector<config::Quantization> quantizations;
  std::optional<Sort> sort{};
  std::optional<Partition> partition{};
  PercentileLimits preferred_min_throughput;  // tokens per second
  PercentileLimits preferred_max_latency;     // seconds to the first token
  MaxPrice max_price;
};

// Unknown members are faults: a preference that is silently ignored costs its writer money.
bool read_preferences(BodyWalk& walk, const Path& path, ProviderPreferences& preferences);

}  // namespace gateway

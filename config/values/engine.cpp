#include "config/values/engine.hpp"

#include <cmath>
#include <string_view>

namespace config {
namespace {

std::string path_of(const std::string& said, std::string_view usual) {
  if (said == "none") return {};
  return said.empty() ? std::string(usual) : said;
}

PricePerMillionTokens amortised(const MachineSettings& machine, double tokens_per_second) {
  const double second = static_cast<double>(machine.hour.nanos) / 3600 / machine.utilization;
  return {{std::llround(second / tokens_per_second * 1e6)}};
}

}  // namespace

std::string EngineSettings::health_path() const {
  return path_of(health, kind == EngineKind::ollama ? "/api/version" : "/health");
}

std::string EngineSettings::load_path() const {
  switch (kind) {
    case EngineKind::llamacpp:
      return path_of(load, "/slots");
    case EngineKind::ollama:
      return path_of(load, "");  // it tells of none
    case EngineKind::vllm:
    case EngineKind::sglang:
    case EngineKind::tgi:
      break;
  }
  return path_of(load, "/metrics");
}

PricePerMillionTokens MachineSettings::input_price() const {
  return amortised(*this, input);
}
PricePerMillionTokens MachineSettings::output_price() const {
  return amortised(*this, output);
}

}  // namespace config

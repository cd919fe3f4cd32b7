// Where traces go, as OpenTelemetry's environment variables say it. Pure: the variables are given.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/trace/spans.hpp"

namespace gateway {

struct OtlpSettings {
  std::string host{}, port{}, path{};  // of a collector, in plain HTTP
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string service = "isocost";
  std::vector<std::pair<std::string, std::string>> resource{};  // beside it
  Sampling sampling{};
  std::chrono::milliseconds timeout{10'000};
};

using Environment = std::function<std::optional<std::string>(const char* name)>;

// Nothing where no collector is named, or traces are off; else what is wrong, as a sentence.
std::variant<std::monostate, OtlpSettings, std::string> otlp_settings(const Environment& variable);

}  // namespace gateway

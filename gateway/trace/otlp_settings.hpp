// Where traces and metrics go, as OpenTelemetry's environment variables say it. Pure: the variables are
// given.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/values/access.hpp"
#include "gateway/trace/spans.hpp"

namespace gateway {

struct OtlpSettings {
  config::BaseUrl url{};                 // of a collector, with the whole path
  std::optional<std::string> ca_file{};  // trusted beside the system's roots
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string service = "isocost";
  std::vector<std::pair<std::string, std::string>> resource{};  // beside it
  Sampling sampling{};
  bool is_packed = false;  // by gzip
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds interval{60'000};  // between two looks at metrics
};

using Environment = std::function<std::optional<std::string>(const char* name)>;

enum class Signal { traces, metrics };

// Nothing where no collector is named, or the signal is off; else what is wrong, as a sentence.
std::variant<std::monostate, OtlpSettings, std::string> otlp_settings(const Environment& variable,
                                                                      Signal signal = Signal::traces);
// "https://collector:4318/v1/traces"
std::string to_text(const config::BaseUrl& url);

}  // namespace gateway

// The running gateway: threads, listeners and their end, wired from settings.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "config/files/load.hpp"
#include "config/values/settings.hpp"
#include "gateway/trace/otlp_settings.hpp"
#include "providers/loop/wall_clock.hpp"

namespace gateway {

struct Start {
  config::Settings settings;
  std::string version;
  std::uint64_t seed = 0;  // of every draw
  // Told once clients can connect, with the base address: "http://127.0.0.1:8080".
  std::function<void(const std::string& url)> ready;
  // Loads the configuration again, policies compiled; empty where there is no file.
  std::function<config::Loaded()> load{};
  std::string file{};                     // loaded again when it changes; empty: none
  std::vector<std::string> files{};       // that it was read from besides; watched likewise
  bool takes_over = false;                // from the gateway that has the state directory, if there is one
  std::optional<OtlpSettings> traces{};   // absent: none are exported
  std::optional<OtlpSettings> metrics{};  // likewise
  providers::WallClock wall = providers::system_wall;
};

// SIGHUP, a change of the file and POST /admin/reload take a new configuration into use.
// Serves until SIGTERM or SIGINT, then drains: requests under way end, new ones are refused. A second signal
// ends at once. Another process that takes over gets the sockets and all that is kept; this one then drains.
// Returns the process's exit status; a start that fails says why on `errors`.
int run_gateway(Start start, std::ostream& errors);

}  // namespace gateway

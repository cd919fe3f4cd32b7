// `isocost top`: a live table of the endpoints of a running gateway, in the terminal.
// Belongs to a process of its own; uses blocking I/O.
#pragma once

#include <chrono>
#include <string>

#include "gateway/text/command.hpp"

namespace gateway {

struct TopOptions {
  std::string url = "http://127.0.0.1:8080";  // of the gateway, or of its admin address
  std::string token;                          // sent as a Bearer token; empty: none
  std::string as;                             // name of a key: what it may, and where its requests go
  std::string team;                           // the same of a team
  std::string at;                             // when, in UTC; empty: now
  bool once = false;                          // one picture, then the end
  std::chrono::milliseconds interval{1'000};
};

// The process's exit status: 0, or 1 when the gateway cannot be reached (said on standard error).
int top(const TopOptions& options);

Command add_top(CLI::App& app);

}  // namespace gateway

// `isocost replay`: takes recorded decisions again, to prove that they can be, or under another policy.
#pragma once

#include <iosfwd>
#include <string>

#include "gateway/text/command.hpp"

namespace gateway {

struct ReplayOptions {
  std::string from;    // a record file
  std::string policy;  // empty: replay exactly
  std::string config;  // whose policies to take; empty: the recorded ones
  enum class Print { table, json } print = Print::table;
  int columns = 120;
};

// The exit status that scripts can rely on.
//   0  done: every decision came out the same, or the records can answer for the new policy
//   1  a decision came out otherwise, or nothing could be replayed
//   2  what is printed is true but not all: records are damaged or left out, or cannot carry the answer
int replay(const ReplayOptions& options, std::ostream& out, std::ostream& errors);

Command add_replay(CLI::App& app);

}  // namespace gateway

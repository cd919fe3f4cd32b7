// `isocost simulate`: tries policies on a fleet and a trace, beside other routers' ways, before anybody
// relies on them. Reads files and writes to the streams and files given; exit statuses are in the header.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "gateway/text/command.hpp"

namespace gateway {

struct SimulateOptions {
  std::string fleet;             // a file, or "made-up:8"
  std::string model;             // of the fleet; empty: its first
  std::string trace;             // a file, or "poisson:5.5", "diurnal:..", "bursts:..", "conversations:.."
  std::string traffic = "chat";  // of made-up traces: chat, code, long-context
  std::size_t requests = 0;      // of made-up traces; 0: 20,000, in drawn worlds 6,000
  std::string worlds;  // "200" or "1001-1200": drawn worlds in place of fleet and trace; empty: none
  double rate = 0;     // requests per second to stretch a file's trace to; 0: as it is
  std::string config;  // a configuration whose policies may be named; empty: the shipped ones
  std::vector<std::string> policies;
  std::vector<std::string> baselines;
  std::string seeds = "1";         // "1001-1020", "1,2,3"
  std::string world = "drifting";  // or "regimes"
  std::string value_of_time = "3.6 $/h";
  double failure_fine = 10;      // what a request that nobody answers costs, in ordinary answers
  double slo = 2;                // seconds
  bool bound = false;            // what nobody can stay below, too
  std::string json, csv, plots;  // files and a directory to write; empty: none
  bool markdown = false;         // the table in Markdown
  std::size_t jobs = 0;          // threads; 0: one per core
  std::string command;           // the words this was called with
};

// 0: done. 1: could not be done. 2: done, but rows of the trace were left out.
int simulate_command(const SimulateOptions& options, std::ostream& out, std::ostream& err);

// `command_line` is what the program was called with.
Command add_simulate(CLI::App& app, std::string command_line);

}  // namespace gateway

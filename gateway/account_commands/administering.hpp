// How commands reach what a gateway keeps: the running one at its address, else, where nobody owns the state
// directory, the directory itself; and how they print what they got.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/ledger/open_ledger.hpp"
#include "gateway/text/table.hpp"

namespace CLI {
class App;
}

namespace gateway {

struct ReachOptions {
  std::string url;     // of the administration; empty: looked for
  std::string key;     // of an administrator
  std::string config;  // that names the state directory
  std::string state;   // instead of it
};

// Adds them to a command.
void add_reach(CLI::App& command, ReachOptions& options);

struct Reached {
  std::optional<std::string> body{};  // of the answer
  std::string problem{};              // otherwise, in words
};

// Behind the word that there is nothing: where else to look, if it was not said whose it is to be.
std::string whose(const ReachOptions& options);

// What went wrong in the state directory, with the place.
std::string fault_at(const LedgerPlace& place, const std::exception& fault);

// What the running gateway answers; or what `directly` does with what is kept, while it holds the state
// directory.
using Directly = std::function<Reached(const LedgerPlace& place)>;
Reached reach(const ReachOptions& options, const std::string& path, const std::string& body,
              const Directly& directly);

// A table of all there is, whatever the screen: it may go on into a file.
void print_all(const std::vector<Column>& columns, const std::vector<Row>& rows);
std::string plain_dollars(double dollars, int decimals);

}  // namespace gateway

// `isocost explain`: prints the decision about a call that is not made, or what became of one that was. Asks
// a running gateway, which knows what it measured and recorded, or decides on a configuration's declared
// facts alone, or reads a record file. For a process of its own; blocks.
#pragma once

#include <string>

#include "gateway/text/command.hpp"

namespace gateway {

struct ExplainOptions {
  std::string url = "http://127.0.0.1:8080";  // of a running gateway
  std::string config;                         // file; not empty: decide here, and ask nobody
  std::string model;                          // empty: the request's own
  std::string policy;                         // as x-isocost-policy; empty: as the rules say
  std::string request;  // file of a chat request, "-" for standard input; empty: "Hello"
  std::string token;    // client key
  std::string as;       // name of the key that would ask; empty: the one that asks
  std::string team;     // of it; with no name, any key of the team
  std::string at;       // when, in UTC; empty: now
  std::string served;   // x-request-id of a request that was served: explain that one
  std::string from;     // record file that has it; empty: the gateway looks
  bool json = false;    // the whole decision for machines
};

// The process's exit status: 1 when there is no decision to print (said on standard error).
int explain(const ExplainOptions& options);

Command add_explain(CLI::App& app);

}  // namespace gateway

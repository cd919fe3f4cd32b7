// Attempts that a process has under way which was here before this one and still serves: hosts do not ask
// whose they are, so they count here until they have ended there. What it says of them is one line of text,
// with endpoints by what makes them the same in two processes. Belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/generation/generation.hpp"

namespace gateway {

// What is under way here: "ASKED-NAMED-COUNT", both of routing::Identity in hexadecimal, with blanks between
// those of several endpoints.
std::string flights_text(const Generation& generation);

class FlightsElsewhere {
 public:
  FlightsElsewhere() = default;
  ~FlightsElsewhere() { end(); }
  FlightsElsewhere(const FlightsElsewhere&) = delete;
  FlightsElsewhere& operator=(const FlightsElsewhere&) = delete;

  // What the other process says now is counted in the place of what it said before. False: it makes no sense,
  // and nothing has changed.
  bool take(std::shared_ptr<const Generation> newest, std::string_view text);
  // It has none any more.
  void end();

 private:
  void count(const std::vector<int>& flights, int sign) const;

  std::shared_ptr<const Generation> generation_;  // in whose counts they are
  std::vector<int> flights_;                      // by EndpointIndex
};

}  // namespace gateway

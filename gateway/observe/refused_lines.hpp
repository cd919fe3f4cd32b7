// Bounds the lines that requests get which were refused before anybody was asked: that costs a client
// nothing, and who guesses keys must not fill a disk. Beyond so many a second and cause they are counted, and
// one line says how many there were. Metrics count them all. Belongs to the control loop.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gateway/observe/record.hpp"

namespace gateway {

class RefusedLines {
 public:
  // For each cause.
  static constexpr int most_a_second = 20;

  // Whether the record may have a line of its own. Before it, appends what is to be said of seconds before
  // it.
  bool admit(const Record& record, std::string& out);
  // Appends what was left out in seconds before `now`.
  void tell(config::WallTime now, std::string& out);

 private:
  struct Count {
    int written = 0;
    std::uint64_t left_out = 0;
  };

  config::WallTime second_{};            // that `causes_` counts
  std::map<std::string, Count> causes_;  // by the error's code: few, all our own
};

}  // namespace gateway

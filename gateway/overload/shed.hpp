// Why a request was turned away although nothing was wrong with it. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gateway {

enum class Shed : std::uint8_t {
  none,
  too_late,   // so many wait for the same hosts that it could not have begun in time
  line_full,  // as many wait as may
  displaced,  // it waited, and somebody whose turn is earlier took its place in a full line
  outwaited,  // it waited as long as it may
  requests,   // as many are under way as may be, and so many wait that it could not have begun in time
  memory,     // the process has nearly all that it may have
  lag,        // the loop is behind with what has come already
};
inline constexpr std::size_t shed_reasons = static_cast<std::size_t>(Shed::lag) + 1;

inline std::string_view word(Shed shed) {
  constexpr std::string_view words[shed_reasons] = {"none",      "too_late", "line_full", "displaced",
                                                    "outwaited", "requests", "memory",    "lag"};
  return words[static_cast<std::size_t>(shed)];
}

}  // namespace gateway

// What one gateway tells the others of its market at a time, and the same as bytes: bounded, with a version
// and a digest, and with ages instead of times. What is damaged, or says what cannot be, is no bulletin.
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/market/glimpse.hpp"

namespace routing {

// Of an endpoint, in every gateway that asks the same model of the same host under the same names.
std::uint64_t shared_name(const Endpoint& endpoint);

struct Bulletin {
  struct Load {
    std::uint64_t endpoint = 0;  // by its shared name
    std::uint32_t in_flight = 0;
  };
  struct Seen {
    std::uint64_t endpoint = 0;
    Glimpse glimpse{};
  };

  std::uint64_t sender = 0;  // of one process, drawn at its start
  std::uint64_t sequence = 0;
  config::TimePoint sent{};  // as whoever has it reads its own clock
  std::vector<Load> loads;   // all there are
  std::vector<Seen> seen;
};

inline constexpr std::size_t longest_bulletin = 128 << 10;
inline constexpr std::size_t most_loads = 4096;

// A moment by the clock that gateways share, and by one's own.
struct SharedMoment {
  std::chrono::milliseconds shared{};  // since 1970
  config::TimePoint own{};
};
std::string bytes_of(const Bulletin& bulletin, const SharedMoment& now);
// Nothing: it is none, or of another version, or too old.
std::optional<Bulletin> bulletin_of(std::string_view bytes, const SharedMoment& now);

}  // namespace routing

// When something that comes and goes is there: by chance (exponential gaps and lengths) or at set times.
// Belongs to the world that owns it. Answers depend on the seed and the time alone.
#pragma once

#include <cstdint>

#include "config/values/fleet.hpp"
#include "routing/host_model/host_draws.hpp"

namespace routing {

class Episodes {
 public:
  Episodes(const config::Recurrence& settings, std::uint64_t seed);

  // `elapsed` since the start; must not go back between calls.
  bool under_way(config::Seconds elapsed);

 private:
  void draw_next();

  config::Recurrence settings_;
  HostDraws draws_;
  std::uint64_t number_ = 0;  // of the drawn episode
  config::Seconds begin_{};
  config::Seconds end_{};
};

}  // namespace routing

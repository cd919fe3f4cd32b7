#include "gateway/record_file/pause.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

TEST_CASE("what failed is tried again after its pause, however often it was wanted meanwhile") {
  gateway::Pause pause(5s);
  config::TimePoint now{};
  CHECK(pause.is_over(now));
  pause.begin(now);
  int tries = 0;
  for (int i = 0; i < 1'000; ++i) {
    now += 20ms;
    if (!pause.is_over(now)) continue;
    ++tries;
    pause.begin(now);
  }
  CHECK(tries == 4);
}

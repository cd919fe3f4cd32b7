#include "routing/quality/canary_turns.hpp"

#include <doctest/doctest.h>

#include "routing/host_model/host_draws.hpp"

using namespace std::chrono_literals;
using namespace routing;

namespace {

constexpr std::int64_t cent = 10'000'000;
constexpr config::CanarySettings settings{};  // $0.05 a day, every quarter of an hour
const config::WallTime first_day{std::chrono::hours(24 * 20'000)};

std::int64_t day_of(config::WallTime now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() / 86'400 * 86'400;
}

}  // namespace

TEST_CASE("canaries of an endpoint never cost more than their budget in a day, over months and restarts") {
  const HostDraws draws(7);
  std::uint64_t place = 0;
  int asked = 0;
  for (const std::int64_t price : {cent / 1'000, cent / 20, cent / 2, 2 * cent, 6 * cent}) {
    CanaryTurns turns;
    const Identity endpoint{1, static_cast<std::uint64_t>(price)};
    std::map<std::int64_t, std::int64_t> billed;  // by day, as the host does
    for (config::WallTime now = first_day; now < first_day + std::chrono::hours(24 * 60); now += 1min) {
      const auto turn =
          turns.take(endpoint, settings, 2 * price, day_of(now), now, draws.uniform(++place, 0));
      if (turn) {
        ++asked;
        const std::int64_t bill =
            static_cast<std::int64_t>(2 * draws.uniform(place, 1) * static_cast<double>(price));
        billed[day_of(now)] += bill;
        // Some are billed, and nobody hears of it; some processes end before they do.
        const bool is_heard = draws.uniform(place, 2) < 0.8, ends = draws.uniform(place, 3) < 0.1;
        if (is_heard && !ends) turns.settle(endpoint, *turn, bill);
        if (ends) {
          CanaryTurns next;
          next.recall(turns.accounts());
          turns = next;
        }
      }
    }
    for (const auto& [day, sum] : billed) CHECK(sum <= settings.a_day.nanos);
  }
  CHECK(asked > 5'000);
}

TEST_CASE("what is cheap is asked every quarter of an hour in the mean, at times that nobody can tell") {
  const HostDraws draws(9);
  CanaryTurns turns;
  int asked = 0;
  std::vector<double> gaps;
  std::optional<config::WallTime> last;
  for (int minute = 0; minute < 24 * 60 * 30; ++minute) {
    const config::WallTime now = first_day + std::chrono::minutes(minute);
    const auto turn = turns.take({1, 2}, settings, 1'000, day_of(now), now,
                                 draws.uniform(static_cast<std::uint64_t>(minute), 0));
    if (!turn) continue;
    turns.settle({1, 2}, *turn, 500);
    if (last) gaps.push_back(config::Seconds(now - *last).count());
    last = now;
    ++asked;
  }
  CHECK(asked > 30 * 80);
  CHECK(asked < 30 * 110);
  CHECK(*std::ranges::min_element(gaps) <= 120);
  CHECK(*std::ranges::max_element(gaps) > 3'000);
}

TEST_CASE("the first canary comes within the mean time, and each says how many came before") {
  CanaryTurns turns;
  config::WallTime now = first_day;
  CHECK(!turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.999));
  for (std::uint64_t i = 0; i < 16; ++i) {
    now += 80min;
    const auto turn = turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.5);
    REQUIRE(turn);
    CHECK(turn->asked == i);
  }
}

TEST_CASE("a clock that is set back gives no second budget, and nobody waits for the time it showed") {
  CanaryTurns turns;
  config::WallTime now = first_day;
  REQUIRE(!turns.take({1, 2}, settings, 4 * cent, day_of(now), now, 0.5));
  now += 2h;
  const auto turn = turns.take({1, 2}, settings, 4 * cent, day_of(now), now, 0.9);
  REQUIRE(turn);
  turns.settle({1, 2}, *turn, 4 * cent);
  now -= std::chrono::hours(48);
  CHECK(!turns.take({1, 2}, settings, cent / 10, day_of(now), now, 0.5));
  now += 2h;
  // Eight cents are set aside for what cost four, and there are five.
  CHECK(!turns.take({1, 2}, settings, cent / 10, day_of(now), now, 0.5));
}

TEST_CASE("an endpoint whose canaries turned out dear has twice that set aside") {
  CanaryTurns turns;
  config::WallTime now = first_day;
  REQUIRE(!turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.5));
  now += 2h;
  const auto turn = turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.5);
  REQUIRE(turn);
  turns.settle({1, 2}, *turn, 2 * cent);
  now += 2h;
  CHECK(!turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.5));
  CHECK(turns.spent({1, 2}, day_of(now)) == 2 * cent);
  now += 24h;
  CHECK(turns.take({1, 2}, settings, 1'000, day_of(now), now, 0.5));
}

TEST_CASE("a turn that could not be used comes again, with what was set aside for it") {
  CanaryTurns turns;
  config::WallTime now = first_day;
  REQUIRE(!turns.take({1, 2}, settings, cent, day_of(now), now, 0.5));
  for (const std::uint64_t number : {0u, 0u, 1u}) {
    now += 2h;
    const auto turn = turns.take({1, 2}, settings, cent, day_of(now), now, 0.5);
    REQUIRE(turn);
    CHECK(turn->asked == number);
    if (now == first_day + 2h) {
      turns.give_back({1, 2}, *turn);
      CHECK(turns.spent({1, 2}, day_of(now)) == 0);
    } else {
      turns.settle({1, 2}, *turn, cent / 2);
    }
  }
  CHECK(turns.spent({1, 2}, day_of(now)) == cent);
}

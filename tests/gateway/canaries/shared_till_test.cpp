#include "gateway/canaries/shared_till.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "routing/host_model/host_draws.hpp"
#include "tests/support/postgres_server.hpp"

using namespace std::chrono_literals;
using gateway::SharedTill;
using routing::CanaryTurns;

namespace {

constexpr std::int64_t cent = 10'000'000;
constexpr config::CanarySettings five_cents{};
constexpr routing::Identity somebody{0xffff'ffff'ffff'fff0, 2}, another{3, 4};
constexpr std::int64_t today = 86'400 * 20'000;
const config::TimePoint noon = config::TimePoint{} + 1h;

std::unique_ptr<SharedTill> till_at(const gateway::PostgresAddress& address, std::vector<std::string>& said) {
  return std::make_unique<SharedTill>(address, [&said](const std::string& words) { said.push_back(words); });
}

}  // namespace

TEST_CASE("canaries of three gateways that share a database cost no more than one budget in a day") {
  auto& server = support::PostgresServer::instance();
  if (!server.is_there()) return;
  const auto address = server.database();
  std::vector<std::string> said;
  std::vector<std::unique_ptr<SharedTill>> tills;
  for (int i = 0; i < 3; ++i) tills.push_back(till_at(address, said));
  const routing::HostDraws draws(3);
  std::int64_t billed = 0;
  int asked = 0, refused = 0;
  for (std::uint64_t i = 0; i < 120; ++i) {
    SharedTill& till = *tills[i % tills.size()];
    const CanaryTurns::Turn turn{.asked = 0, .set_aside = cent / 2, .day = today};
    if (!till.take(somebody, turn, five_cents.a_day, noon)) {
      ++refused;
      continue;
    }
    ++asked;
    const auto bill = static_cast<std::int64_t>(draws.uniform(i, 0) * static_cast<double>(cent / 2));
    billed += bill;
    // Some are billed, and nobody hears of it; some gateways end before they do.
    if (draws.uniform(i, 1) < 0.8) till.settle(somebody, turn, bill);
    if (draws.uniform(i, 2) < 0.1) tills[i % tills.size()] = till_at(address, said);
  }
  CHECK(billed <= five_cents.a_day.nanos);
  CHECK(asked > 10);
  CHECK(refused > 60);
  CHECK(said.empty());

  // Another endpoint has its own, and each day.
  const CanaryTurns::Turn now{.asked = 0, .set_aside = 4 * cent, .day = today};
  CHECK(tills[0]->take(another, now, five_cents.a_day, noon) == 4 * cent);
  CHECK(!tills[1]->take(another, now, five_cents.a_day, noon));
  tills[0]->settle(another, now, cent / 10);
  CHECK(tills[1]->take(another, now, five_cents.a_day, noon) == 4 * cent + cent / 10);
  const CanaryTurns::Turn next{.asked = 0, .set_aside = 4 * cent, .day = today + 86'400};
  CHECK(tills[2]->take(somebody, next, five_cents.a_day, noon) == 4 * cent);
  // One that alone goes beyond it is not asked of anybody.
  CHECK(!tills[0]->take({5, 6}, {.asked = 0, .set_aside = 6 * cent, .day = today}, five_cents.a_day, noon));
}

TEST_CASE("while the common budget cannot be read no canary is asked, which is said once") {
  std::vector<std::string> said;
  const auto till = till_at({.url = "postgresql://isocost@127.0.0.1:1/none", .password = {}}, said);
  const CanaryTurns::Turn turn{.asked = 0, .set_aside = 1, .day = today};
  for (int i = 0; i < 3; ++i) CHECK(!till->take(somebody, turn, five_cents.a_day, noon + i * 1min));
  REQUIRE(said.size() == 1);
  CHECK(said[0].starts_with("canaries: none is asked while their common budget cannot be read: "));
}

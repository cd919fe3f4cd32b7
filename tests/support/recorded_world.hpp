// A made-up market whose decisions are written down as the gateway does it, for tests of replay.
#pragma once

#include <string>
#include <utility>

#include "gateway/record_file/record_writer.hpp"
#include "gateway/request/decision_log.hpp"
#include "routing/terms/bill.hpp"
#include "tests/support/fleet.hpp"

namespace support {

inline config::WallTime wall_at(int minutes) {
  return config::WallTime(std::chrono::hours(490'000)) + std::chrono::minutes(minutes);
}

class RecordedWorld {
 public:
  RecordedWorld(std::vector<Host> hosts, gateway::RecordWriter& writer, std::uint64_t seed = 1,
                std::vector<config::PolicySettings> policies = {})
      : world(std::move(hosts), seed * 1'000'000, std::move(policies)),
        writer_(writer),
        seed_(seed * 1'000'000) {}

  // Requests with different prompts, prefixes, limits and load; failed attempts are followed by another one.
  void ask(int times, config::WallTime wall = wall_at(0)) {
    for (int i = 0; i < times; ++i) ask_once(wall);
    writer_.commit(wall);
  }

  World world;

 private:
  static constexpr config::Duration until_next = std::chrono::milliseconds(200);

  void ask_once(config::WallTime wall) {
    ++asked_;
    routing::Demand demand = world.demand(500 + 700 * (asked_ % 13));
    if (asked_ % 3 == 0) demand.max_output = config::Tokens{1'000};
    if (asked_ % 5 == 0) demand.delivery = routing::Delivery::whole;
    for (std::uint64_t block = 0; block < 4 + asked_ % 4; ++block) {
      demand.prefix_blocks.push_back(routing::mixed(asked_ % 6 * 100 + block));
      if (asked_ % 2 == 0) demand.prefix_tokens.push_back(static_cast<std::uint32_t>(100 * (block + 1)));
    }
    demand.user = "someone-in-particular";
    demand.wall = wall;
    if (asked_ % 4 == 0) demand.tier = config::ServiceTier::flex;
    if (asked_ % 7 == 0) demand.geo = config::GeoWord("us");
    gateway::LoggedRequest logged;
    logged.demand = routing::logged(demand);
    logged.id = "req_" + std::to_string(asked_);
    logged.policy = world.policy.name.text;
    logged.policy_hash = world.policy.hash;
    for (int attempt = 0; attempt < 3; ++attempt) {
      decide(demand, logged, wall);
      if (!world.decision.chosen) break;
      world.purse.settle(world.decision, world.policy.explore);
      routing::Attempt tried = world.answer(*world.decision.chosen, demand);
      if (tried.failure) tried.finished = until_next;
      const routing::Endpoint& endpoint = world.catalogue->endpoints()[tried.endpoint];
      const routing::Sale sale{.at = wall, .tier = demand.tier, .geo = demand.geo};
      if (tried.usage) tried.cost = routing::bill(endpoint, *tried.usage, sale);
      logged.attempts.push_back(tried);
      world.market.observe(tried, demand, world.now);
      world.now += until_next;
      if (!tried.failure) break;
    }
    const bool answered = !logged.attempts.empty() && !logged.attempts.back().failure;
    logged.ending = answered ? gateway::Ending::answered : gateway::Ending::refused;
    writer_.add(logged, &world.policy);
  }

  void decide(const routing::Demand& demand, gateway::LoggedRequest& logged, config::WallTime wall) {
    const auto snapshot = world.market.snapshot(world.now);
    writer_.add(*snapshot, wall);
    for (std::size_t i = 0; i < world.hosts.size(); ++i) {
      world.in_flight.counter(static_cast<routing::EndpointIndex>(i)) =
          static_cast<int>((asked_ * (i + 3)) % 7);
    }
    routing::LoggedDecision& log = logged.decisions.emplace_back();
    log.now = world.now;
    log.purse = world.purse.dollars();
    log.tried = static_cast<std::uint32_t>(logged.attempts.size());
    routing::InFlight frozen(world.hosts.size());
    gateway::freeze(world.in_flight, *world.catalogue, demand, frozen, log);
    routing::plan(*snapshot, world.policy, demand, logged.attempts, frozen, world.purse,
                  {world.now, routing::mixed(++seed_)}, world.decision);
    gateway::note(world.decision, demand, log);
  }

  gateway::RecordWriter& writer_;
  std::uint64_t asked_ = 0;
  std::uint64_t seed_;
};

}  // namespace support

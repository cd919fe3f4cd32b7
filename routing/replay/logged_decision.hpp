// What is kept of a decision so that it can be taken again: everything plan() read that is not in the
// snapshot or the catalogue, as numbers and names of the configuration, without a word of the prompt. Values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "routing/decision/decision.hpp"
#include "routing/replay/seen_verdict.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// Attempts under way at an endpoint. Those without any are left out.
struct UnderWay {
  EndpointIndex endpoint = 0;
  int count = 0;
  int trials = 0;
};

// Leading blocks of the prompt that an endpoint had seen lately. Those that had seen none are left out.
struct SeenBlocks {
  EndpointIndex endpoint = 0;
  std::uint32_t blocks = 0;
  std::uint32_t tokens = 0;  // to the end of those blocks; 0 where blocks count as equal in size
};

struct LoggedDemand {
  std::string model;                   // the public name
  std::vector<std::string> fallbacks;  // public names
  std::string model_requested;
  std::string key;  // its name, or empty
  config::Tokens prompt{};
  std::optional<config::Tokens> max_output{};
  bool lowers_max_output = false;
  CacheMarks cache_marks = CacheMarks::none;
  int answers = 1;
  config::Features needs;
  bool host_runs_tools = false;
  std::vector<EndpointIndex> unfit;
  std::vector<std::string> unfit_for;  // of each of those: the digit of Unfit::Why, then the parameter
  Delivery delivery = Delivery::whole;
  std::uint32_t prefix_blocks = 0;
  enum class Blocks { equal, sized } blocks = Blocks::equal;
  // `user` and the client's headers are not kept: who asked is nobody's business after the answer.
  enum class Identity { none, left_out } identity = Identity::none;
  config::TimePoint admitted{};
  config::TimePoint deadline{};
  config::WallTime wall{};
  config::ServiceTier tier = config::ServiceTier::standard;
  config::GeoWord geo{};
  int pictures = 0;
  int searches = 0;
};

struct LoggedDecision {
  std::uint64_t snapshot = 0;  // version
  config::TimePoint now{};
  std::uint64_t seed = 0;
  double purse = 0;         // dollars
  std::uint32_t tried = 0;  // attempts of this request before it
  Length length{};
  std::vector<UnderWay> under_way;
  std::vector<SeenBlocks> seen;
  std::vector<EndpointIndex> withdrawn;
  std::vector<Allowance> allowances;  // as Moment's
  double money = 1;
  // What was decided.
  std::optional<EndpointIndex> chosen{};
  Reason reason = Reason::best;
  double propensity = 0;
  double expected_dollars = 0;
  double explored_dollars = 0;
  std::uint32_t relaxed = 0;                    // steps of the policy's `relax` that were taken
  std::optional<config::TimePoint> earliest{};  // with nobody chosen: when the first one is back
  std::optional<config::TimePoint> beside{};    // when another one would be asked beside the chosen
  std::vector<SeenVerdict> seen_of;             // each endpoint, as the decision saw it
  std::uint32_t not_kept = 0;                   // verdicts beyond those
};

LoggedDemand logged(const Demand& demand);

}  // namespace routing

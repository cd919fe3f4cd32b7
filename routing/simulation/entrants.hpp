// Everybody who can take part in a simulation, by name: isocost's policies, the same with a part taken away
// ("balanced-hedge"), and the baselines. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/simulation/several_gateways.hpp"
#include "routing/simulation/simulation.hpp"

namespace routing {

// "random", "round-robin", "cheapest", ... in the order of tables.
const std::vector<std::string>& baseline_names();
// "balanced-size" is "balanced" without the prompt-size regression.
struct PartName {
  std::string_view suffix;  // "-size"
  CorePart part;
};
const std::vector<PartName>& part_names();

// The name is one of baseline_names(). Of `rules`, what is forbidden under all circumstances holds for it,
// too.
MakeContender make_baseline(std::string_view name, Policy rules = {});
// `policy` is copied.
MakeContender make_core(Policy policy, CoreParts without);
// The same traffic over so many gateways.
MakeContender make_several(Policy policy, CoreParts without, std::size_t gateways,
                           SeveralGateways::Exchange exchange);
// Who knows everything; `values` say what a second is worth, and what is forbidden to it, too.
MakeContender make_oracle(Policy values);

}  // namespace routing

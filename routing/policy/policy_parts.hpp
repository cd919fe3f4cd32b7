// What one policy is made of, before and after it takes over what it extends. Values.
#pragma once

#include <optional>

#include "routing/policy/piece.hpp"

namespace routing {

// The checked parts of one policy, its own or with those it inherits.
struct Parts {
  Pieces allow, require, prefer, relax;
  // At most one of these three says what is best; a policy that sets one drops those it would inherit.
  std::optional<Piece> minimize, value_of_time, choose;
  std::optional<Piece> budget;
  std::optional<int> attempts, continue_hops;
  std::optional<config::Duration> deadline;
  std::optional<double> hedge_budget, explore, demotion;
  bool is_complete = true;  // no text of it, and none it inherits, was refused
};

// Of the policy's own texts, each compiled once.
Parts own_parts(const config::PolicySettings& policy, const Vocabulary& vocabulary,
                config::Problems& problems);

// Lists of the parent come first; single settings of the child win.
Parts inherited(Parts parent, const Parts& own);

// Of the meaning and not the spacing: FNV-1a over canonical texts.
std::uint64_t hash_of(const Parts& parts);

}  // namespace routing

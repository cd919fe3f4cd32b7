// A checked part of a policy: one rule, with the tree it came from for those who compare rules. Values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "routing/language/check.hpp"
#include "routing/policy/policy.hpp"

namespace routing {

struct Piece {
  Rule rule;
  std::shared_ptr<const Tree> tree;
  NodeIndex node = 0;
  std::string written;  // canonical text
  std::string shape;    // the same with its literals left open

  const Node& root() const { return tree->nodes[node]; }
};
using Pieces = std::vector<Piece>;

// Rules joined by `and` become one piece each, so that a decision can name the one that removed an endpoint.
// `path` names the setting in problems. What has errors is left out.
Pieces compile_text(const config::SourceText& source, const std::string& path, Use use,
                    const Vocabulary& vocabulary, config::Problems& problems);

}  // namespace routing

// Finds what names mean and whether an expression makes sense: types, dimensions, and the place it stands in.
#pragma once

#include "routing/language/syntax.hpp"
#include "routing/language/vocabulary.hpp"

namespace routing {

// Where in a policy an expression stands: what it must be, what it may see, and what unknown values mean
// there.
enum class Use : std::uint8_t {
  allow,     // true or false; anything unknown does not satisfy it
  require,   // true or false; what is live and unknown satisfies it
  prefer,    // the same, for tiers
  minimize,  // dollars
  weight,    // weighted(a number)
  rate,      // dollars per second, without names
  budget,    // the same, for a budget
  when,      // true or false, about the request alone
  relax,     // a limit, or what a rule limits
};

std::string_view to_text(Use use);

// Names and types are written into the tree. All complaints at once; errors mean that the tree is of no use.
// `source` is the text that the tree was parsed from.
void check(Tree& tree, Use use, const Vocabulary& vocabulary, std::string_view source,
           Complaints& complaints);

}  // namespace routing

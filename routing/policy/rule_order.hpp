// Whether a rule of the configuration can ever be the one that picks the policy, with the rules before it
// that pick first. A value; given the rules one by one, in their order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "routing/language/bounds.hpp"
#include "routing/policy/choices.hpp"
#include "routing/policy/piece.hpp"

namespace routing {

class RuleOrder {
 public:
  // Why the next rule can never match; empty where it can, or where that cannot be told. `source` is the text
  // of `when`; null where that is broken, so that the numbers of those after it stay right.
  std::string add(const Piece* when, const std::string& source);
  // Whether one is true only where the other is; no where that cannot be told.
  static bool implies(const Piece& one, const Piece& other);

 private:
  struct Condition {
    std::string written;
    std::string denied;   // of `not X`: X
    std::string limited;  // what the limit is on
    std::optional<Limit> limit{};
    std::optional<Choices> choices{};
  };
  using Together = std::vector<Condition>;  // all of them hold
  struct Earlier {
    std::string text;
    std::string written;
    std::vector<Together> ways;  // any of them is enough
    bool always = false;
  };
  static std::vector<Together> ways_of(const Piece& piece);
  // "`stream` and `not stream`", where all of them never hold; else empty.
  static std::string opposites(const Together& together);
  static bool is_narrower(const Condition& one, const Condition& other);
  // Whether `one` is true only where `other` is.
  static bool implies(const std::vector<Together>& one, const std::vector<Together>& other);

  std::vector<std::optional<Earlier>> earlier_;
};

}  // namespace routing

// A condition that lets in some of what one thing can be, such as `jurisdiction in [EU, US]` or
// `provider != azure`: which ones, so that two of them can be compared. A value.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "config/values/country.hpp"
#include "routing/language/syntax.hpp"

namespace routing {

struct Choices {
  std::string asked;  // canonical text of what is chosen among
  enum class Kind { these, all_but } kind = Kind::these;
  std::set<std::string> texts;  // those named; of countries, those of `countries`
  config::Countries countries;
  bool are_countries = false;

  // Whether whatever this lets in, the other does too.
  bool within(const Choices& other) const;
};

// Nothing where the node is no such condition.
std::optional<Choices> choices_of(const Tree& tree, NodeIndex node);

}  // namespace routing

// Whether a JSON value is what a JSON Schema asks for, as far as the part of it goes that tools are described
// with: types, enums, members, items, bounds, combinations, references within the schema. What is not judged
// (patterns, references elsewhere, and what is rarer) is said to be so, and never guessed. Bounded in time
// whatever schema and value are: by an effort, which several checks may share. Pure.
// Source: JSON Schema 2020-12 (validation and applicators), and OpenAPI's `nullable` and upper-case types,
// which Google's tools are described in.
#pragma once

#include <cstddef>

#include "providers/json/json_tree.hpp"

namespace providers {

enum class Fit { fits, breaks, unjudged };

// One breach is a breach, whatever else could not be judged.
constexpr Fit both(Fit a, Fit b) {
  if (a == Fit::breaks || b == Fit::breaks) return Fit::breaks;
  return a == Fit::unjudged || b == Fit::unjudged ? Fit::unjudged : Fit::fits;
}

// What may still be looked at, in steps of some nanoseconds: a node, a few bytes of a text.
struct FitEffort {
  std::size_t left = 100'000;

  // False, and from then on, where so many are not left.
  bool spend(std::size_t steps) {
    left = left > steps ? left - steps : 0;
    return left > 0;
  }
  bool is_spent() const { return left == 0; }
};

// `schema` is a value within `schemas`, whose references are meant from `root`. Unjudged once nothing
// is left of `effort`.
Fit fit(const JsonTree& schemas, const JsonNode& root, const JsonNode& schema, const JsonTree& values,
        const JsonNode& value, FitEffort& effort);

}  // namespace providers

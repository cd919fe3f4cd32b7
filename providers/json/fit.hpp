// How well a value fits what is asked of it, and what looking at that may cost.
#pragma once

#include <cstddef>

namespace providers {

enum class Fit { fits, breaks, unjudged };

// One breach is a breach, whatever else could not be judged.
constexpr Fit both(Fit a, Fit b) {
  if (a == Fit::breaks || b == Fit::breaks) return Fit::breaks;
  return a == Fit::unjudged || b == Fit::unjudged ? Fit::unjudged : Fit::fits;
}

constexpr Fit opposite(Fit fit) {
  return fit == Fit::fits ? Fit::breaks : fit == Fit::breaks ? Fit::fits : Fit::unjudged;
}

constexpr Fit fit_if(bool fits) {
  return fits ? Fit::fits : Fit::breaks;
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

}  // namespace providers

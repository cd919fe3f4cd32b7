// What another policy would have cost, from requests that were sent under this one: four answers to the same
// question, each with a 95 % interval. Pure.
//   logged    what really happened
//   model     what is believed of each host, times how often the new policy chooses it ("direct method"),
//             scaled, where asked for, so that it is right on average about what really happened
//   weighted  what happened, counting each request by how much more often the new policy would have chosen
//             what it got (self-normalised, clipped inverse propensities)
//   robust    the model, corrected by the weighted error it makes: right when either of the two is
// A value is a mean of numerators over a mean of denominators, so that times are per answered request. The
// variance is that of its linearisation (the "sandwich"), summed over blocks of consecutive requests, because
// neighbours see the same hosts in the same mood.
// Sources: Horvitz, Thompson 1952; Swaminathan, Joachims 2015, "The self-normalized estimator for
// counterfactual learning"; Dudik, Langford, Li 2011, "Doubly robust policy evaluation and learning".
#pragma once

#include <cstddef>
#include <span>

namespace routing {

// A number of one request, and what it is a part of: seconds of 1 answer, or 0 of 0 where there was none.
struct Part {
  double value = 0;
  double of = 1;
};

// One request and one measure of it.
struct Sample {
  double weight = 1;  // new probability of what it got over the old one
  Part seen;
  Part expected;  // by the model, of what it got
  Part target;    // by the model, over what the new policy would choose
};

// NaN where there is nothing to answer from; infinite bounds where there is too little for an interval.
struct Interval {
  double mean = 0;
  double low = 0;
  double high = 0;
};

struct Estimate {
  Interval logged, model, weighted, robust;
};

struct EstimateSettings {
  // What hardly ever happens is no factor to go by: one failure that the model held for next to impossible
  // would make another policy's likely ones sure.
  enum class Model { scaled, as_it_is } taken = Model::scaled;
  double heaviest = 20;          // greater weights count as this
  std::size_t most_blocks = 30;  // for the variance
};

Estimate estimate(std::span<const Sample> samples, const EstimateSettings& settings = {});
// The 97.5 % point of Student's t.
double student(double freedom);
// Of plain numbers that follow each other.
Interval mean_of(std::span<const double> values, const EstimateSettings& settings = {});

// How far the log can answer at all.
struct Support {
  double effective = 0;  // requests, (sum of weights)^2 over the sum of their squares; Kish 1965
  double clipped = 0;    // share of requests whose weight was cut
  double covered = 1;    // share of the new policy's choices that the old one made often enough to judge
};
// A probability below this is as good as never.
inline constexpr double least_propensity = 0.005;
// `covered`: of each request, the new policy's probability on what the old one chose at least that often.
Support support(std::span<const Sample> samples, std::span<const double> covered,
                const EstimateSettings& settings = {});

}  // namespace routing

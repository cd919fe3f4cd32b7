// From how many requests at a host on something begins: that others wait, that newcomers are refused. Not
// known, so a distribution over a grid that ends in "never". A value, no thread rule.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace routing {

struct Threshold {
  static constexpr std::size_t count = 14;
  static constexpr std::size_t never = count - 1;
  // The last one stands for no threshold at all.
  static constexpr std::array<float, count> steps{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 1e9f};

  std::array<float, count> weights{};  // of the steps; their sum is 1

  // All steps alike but the last one, which has `never_share`.
  static constexpr Threshold unseen(float never_share) {
    Threshold result;
    result.weights.fill((1 - never_share) / static_cast<float>(count - 1));
    result.weights[never] = never_share;
    return result;
  }
  // Bayes: each step counts by how likely it made what was seen. Then a share of it is forgotten, because
  // hosts change. What is impossible under all steps, or is no number, teaches nothing; nor does anything
  // teach who is certain of "never".
  void judge(std::span<const float, count> likelihoods, const Threshold& prior, float forgotten);
  void forget(const Threshold& prior, float share);
  // As likely above as below; infinity for "never".
  double median() const;
};

// What is believed of a host nobody asked yet: chosen on the tuning worlds, deploy/routing_notes.md.
inline constexpr Threshold unseen_slots = Threshold::unseen(0.9f);
inline constexpr Threshold unseen_room = Threshold::unseen(0.97f);

// Of a host that runs so many requests at once and queues the rest: what `k` others mean for a newcomer,
// over all steps. Turns are in units of what one request takes.
struct Crowd {
  double running = 0;  // beside the newcomer, once it has its slot
  double turns = 0;    // until it has its slot, on average
  double between = 0;  // variance of that, because the threshold is not known
  double within = 0;   // variance of it that would be left if it were
};
Crowd crowd(const Threshold& slots, double k);

// How likely a newcomer is refused where `k` others are, over all steps.
double full(const Threshold& room, double k);
// An attempt was let in, or refused for no other reason that is known. The second one returns how likely it
// was the load that it was refused for.
void let_in(Threshold& room, double k);
double refused(Threshold& room, double k);

}  // namespace routing

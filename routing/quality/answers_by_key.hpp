// Of an endpoint's last answers, how many passed a check and how many did not, by the client key that they
// were for, so that one key alone neither demotes a host for the others nor makes it look worse than it is to
// them. Of the keys that have most of them: who has few may be forgotten, and counts among the others.
// Values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace routing {

class AnswersByKey {
 public:
  struct Counts {
    double passed = 0, failed = 0;

    double all() const { return passed + failed; }
    void add(bool has_failed) { ++(has_failed ? failed : passed); }
    void fade(double factor) { passed *= factor, failed *= factor; }
  };

  // `most`: so many answers, whose oldest fade.
  void note(std::uint64_t key, bool failed, double most) {
    of(key).counts.add(failed);
    all_.add(failed);
    if (all_.all() <= most) return;
    const double factor = most / all_.all();
    all_.fade(factor);
    for (OfKey& each : keys_) each.counts.fade(factor);
  }
  bool is_empty() const { return all_.all() == 0; }

  // Answers of all keys but the one that has most of them.
  double of_others() const { return all_.all() - std::ranges::max(keys_, {}, most_of).counts.all(); }

  // Whether there is a key without which not clearly more fail than `usual`, two answers at least.
  bool are_one_keys(double usual) const {
    constexpr double clearly = 1.5, least = 2;  // standard deviations; answers
    return std::ranges::any_of(keys_, [&](const OfKey& each) {
      const double others = all_.all() - each.counts.all();
      const double expected = usual * others + clearly * std::sqrt(others * usual * (1 - usual));
      return each.counts.all() > 0 && all_.failed - each.counts.failed < std::max(least, expected);
    });
  }

  // Of all keys but the one without which the smallest share fails.
  Counts without_worst() const {
    Counts best = all_;
    double least = 1;
    for (const OfKey& each : keys_) {
      if (each.counts.all() == 0) continue;
      const Counts others{.passed = std::max(0.0, all_.passed - each.counts.passed),
                          .failed = std::max(0.0, all_.failed - each.counts.failed)};
      const double failing = others.all() > 0 ? others.failed / others.all() : 0;
      if (failing > least) continue;
      best = others, least = failing;
    }
    return best;
  }

 private:
  struct OfKey {
    std::uint64_t key = 0;
    Counts counts{};
  };
  static double most_of(const OfKey& each) { return each.counts.all(); }

  OfKey& of(std::uint64_t key) {
    const auto known = std::ranges::find_if(
        keys_, [&](const OfKey& each) { return each.counts.all() > 0 && each.key == key; });
    if (known != keys_.end()) return *known;
    OfKey& fewest = *std::ranges::min_element(keys_, {}, most_of);
    return fewest = {.key = key};
  }

  std::array<OfKey, 8> keys_{};
  Counts all_{};
};

}  // namespace routing

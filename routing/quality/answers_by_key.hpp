// Of an endpoint's last answers, how many passed a check and how many did not, by the client key that they
// were for. Of the keys that have most of them: who has few may be forgotten, and counts among the others.
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
  // `most`: so many answers, whose oldest fade.
  void note(std::uint64_t key, bool failed, double most) {
    OfKey& own = of(key);
    for (OfKey* each : {&own, &all_}) ++(failed ? each->failed : each->passed);
    if (all_.count() <= most) return;
    const double factor = most / all_.count();
    all_.fade(factor);
    for (OfKey& each : keys_) each.fade(factor);
  }

  // Whether there is a key without which not clearly more fail than `usual`. Others that have hardly any
  // answers, fewer than `least`, do not count: they have nothing to lose either.
  bool are_one_keys(double usual, double least) const {
    constexpr double clearly = 2;  // standard deviations
    return std::ranges::any_of(keys_, [&](const OfKey& each) {
      const double others = all_.count() - each.count();
      const double expected = usual * others + clearly * std::sqrt(others * usual * (1 - usual));
      return each.count() > 0 && others >= least && all_.failed - each.failed < expected;
    });
  }

 private:
  struct OfKey {
    std::uint64_t key = 0;
    double passed = 0, failed = 0;

    double count() const { return passed + failed; }
    void fade(double factor) { passed *= factor, failed *= factor; }
  };

  OfKey& of(std::uint64_t key) {
    const auto known =
        std::ranges::find_if(keys_, [&](const OfKey& each) { return each.count() > 0 && each.key == key; });
    if (known != keys_.end()) return *known;
    OfKey& fewest = *std::ranges::min_element(keys_, {}, &OfKey::count);
    return fewest = {.key = key};
  }

  std::array<OfKey, 8> keys_{};
  OfKey all_{};
};

}  // namespace routing

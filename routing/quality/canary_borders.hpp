// Which texts lie at the border of a model's answers: where it is near a tie between two beginnings, so that
// the least change of weights, numbers or templates tips it. Models differ in that, so it is measured for
// each: by how much likelier its first choice is than its second, where a host tells likelihoods; else by how
// often its answers differ when they are drawn. All hosts of the model measure together, since it is the
// model's border; each one's answers, which are not drawn once it is known, are judged by its own past. Until
// then the texts take turns with those for counting, from then on the nearest to a tie do. Pure values.
//
// Source: border inputs (B3IT).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "routing/quality/canary.hpp"

namespace routing {

class CanaryBorders {
 public:
  static constexpr std::size_t borders = 5;  // that are asked once they are known
  static constexpr double least_pairs = 6;   // answers beside the one before, until a text is known

  struct OfText {
    double pairs = 0, differing = 0;  // answers beside the one before of the same host
    double leads = 0, near = 0;  // answers with likelihoods, and the sum of how near a tie they were, 0 to 1

    bool is_known() const { return leads > 0 || pairs >= least_pairs; }
    // 0: always the same. Of few answers nothing extreme is believed.
    double nearness() const;

    friend bool operator==(const OfText&, const OfText&) = default;
  };
  using Measured = std::array<OfText, canary_texts>;

  // `differs`: from the same host's answer before; nothing at its first.
  void learn(const CanaryAnswer& answer, std::optional<bool> differs);
  // Once all texts are measured; it stays so.
  bool are_known() const { return are_known_; }
  // The nearest to a tie, the nearest first; of any meaning once they are known.
  const std::array<std::size_t, borders>& chosen() const { return chosen_; }
  // What an endpoint is asked that was asked so often before.
  std::size_t text_for(std::uint64_t asked) const;
  // Whether it is to draw its answer to that: where it tells no likelihoods, and borders are not known.
  CanaryPast::Drawn drawn(std::size_t text, bool tells_likelihoods) const {
    return are_known_ || tells_likelihoods || text < counted_texts ? CanaryPast::Drawn::no
                                                                   : CanaryPast::Drawn::by_chance;
  }

  const Measured& measured() const { return texts_; }
  void recall(const Measured& measured);

 private:
  void choose();

  Measured texts_{};
  std::array<std::size_t, borders> chosen_{};
  bool are_known_ = false;
};

}  // namespace routing

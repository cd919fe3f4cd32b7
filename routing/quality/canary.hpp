// Canaries: small questions that the gateway asks itself where hardly anybody else does, to see whether a
// host still is what it was. Each of a few texts is asked again and again for one token of an answer, and two
// things are looked at: the tokens that the host counts in the text, which another tokenizer or template
// changes, and how the answer begins: what it says where the model is near a tie, and, where the host tells
// how likely that was, how likely. Neither is right or wrong: each is beside the host's own past, and how
// often it differs is a test's to judge (quality_test.hpp). No texts of answers are kept. Pure values.
//
// Sources: log-probability tracking (arXiv 2512.03816) and border inputs (B3IT), both of one token of output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "routing/terms/outcome.hpp"

namespace routing {

// What may be asked. The first are for counting: tokenizers cut them differently. The others leave a model a
// choice of first words; which of them it is near a tie at is measured (canary_borders.hpp).
inline constexpr std::size_t canary_texts = 24, counted_texts = 3;
std::string_view canary_text(std::size_t text);

struct CanaryAnswer {
  std::size_t text = 0;
  std::optional<std::int64_t> prompt_tokens{};  // as the host counted
  std::uint64_t said = 0;                       // hash of how it begins; 0: with nothing
  // Mean logarithm of the probabilities of what it might have begun with, as the host says.
  std::optional<double> likelihood{};
  // Logarithm of how many times as likely the likeliest beginning is as the next, as the host says.
  std::optional<double> lead{};
};

// What an endpoint's canaries usually show.
class CanaryPast {
 public:
  // Answers to a text before it is judged: for what it counts, for what it says.
  static constexpr double least_counts = 2, least_likelihoods = 8, least_words = 12;
  // As many of another count in a row are what is usual from then on.
  static constexpr double changed = 24;

  // Of one text.
  struct Memory {
    std::int64_t counted = 0;  // tokens; 0: never
    std::int64_t other = 0;    // that it counted last, of another count
    double counts = 0, others_in_a_row = 0;
    std::array<std::uint64_t, 4> words{};  // what it said, of those that it said first
    std::array<double, 4> said{};          // how often
    double answers = 0;                    // all, up to least_words
    bool has_last = false;
    std::uint64_t last = 0;  // what it said last
    double drift = 0;        // by how much more often, lately, it is what it was most often
    double mean = 0, variance = 0, likely = 0;  // of likelihoods, and how many there were

    friend bool operator==(const Memory&, const Memory&) = default;
  };
  using Memories = std::array<Memory, canary_texts>;

  // Whether its answer differs from the one before; nothing at the first.
  std::optional<bool> differs(const CanaryAnswer& answer) const;
  // What it says of the two checks of canaries; and what it was is known from then on. By chance: it was
  // drawn, so that its words say nothing of what it usually begins with.
  enum class Drawn { no, by_chance };
  Conduct judged(const CanaryAnswer& answer, Drawn drawn = Drawn::no);

  const Memories& memories() const { return texts_; }
  void recall(const Memories& memories) { texts_ = memories; }

 private:
  static Checked count_judged(Memory& known, std::int64_t tokens);
  static bool words_learned(Memory& known, std::uint64_t said);
  static Checked words_judged(Memory& known, std::uint64_t said);
  static Checked likelihood_judged(Memory& known, double likelihood);

  Memories texts_{};
};

}  // namespace routing

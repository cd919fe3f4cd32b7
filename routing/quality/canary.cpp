#include "routing/quality/canary.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

constexpr std::array<std::string_view, canary_texts> texts{
    // Of different lengths, and of what tokenizers cut differently: numbers, code, other languages.
    "Pick a number between 1 and 9. Answer with the digit only, nothing else: 31415926535897932384626433.",
    "for (int i = 0; i < 10; ++i) { sum += values[i]; } // Is this loop in C or in Java? One word.",
    "\xd0\x94\xd0\xb0 \xd0\xb8\xd0\xbb\xd0\xb8 \xd0\xbd\xd0\xb5\xd1\x82? Yes or no? "
    "\xe6\x98\xaf\xe8\xbf\x98\xe6\x98"
    "\xaf\xe4\xb8\x8d? Answer in English.",
    // Without a right answer.
    "Heads or tails? Answer with one word.",
    "Name a colour in one word. Nicht auf Deutsch, s'il vous pla\xc3\xaet.",
    "Which comes first to your mind: river or mountain? One word.",
    "Continue with one word: Once upon a time there was a",
    "Antidisestablishmentarianism, floccinaucinihilipilification: which of the two is longer? First or "
    "second?",
    "A letter of the alphabet, please. Only the letter.", "Tea or coffee? One word.",
    "Think of an animal and name it in one word.", "Left or right? Answer with one word.",
    "Say any word at all, and nothing else.", "Is a tomato more of a fruit or of a vegetable? One word.",
    "Pick a day of the week. One word.", "Even or odd? Choose. One word.",
    "Continue with one word: The old man opened the door and saw a",
    "Name a European capital that is not Paris. One word.", "Red, green or blue? One word.",
    "Which is the better season, spring or autumn? One word.", "Pick a two-digit number. Digits only.",
    "Name a composer. Surname only.",
    "Continue with one word: In my opinion, the most important thing in life is", "Cat or dog? One word."};

}  // namespace

std::string_view canary_text(std::size_t text) {
  return texts[text];
}

// Machines of one host may differ by a release for a while; what is counted otherwise for long is usual.
Checked CanaryPast::count_judged(Memory& known, std::int64_t tokens) {
  if (known.counted == 0) known.counted = tokens;
  if (tokens == known.counted) {
    known.others_in_a_row = 0;
    if (known.counts >= least_counts) return Checked::passed;
    ++known.counts;
    return Checked::no;
  }
  // One that was never the same twice says nothing yet.
  if (known.counts < least_counts) {
    known.counted = tokens, known.counts = 1;
    return Checked::no;
  }
  known.others_in_a_row = tokens == known.other ? known.others_in_a_row + 1 : 1;
  known.other = tokens;
  if (known.others_in_a_row >= changed) known.counted = tokens, known.others_in_a_row = 0;
  return Checked::failed;
}

// Whether what it usually says is being learned yet.
bool CanaryPast::words_learned(Memory& known, std::uint64_t said) {
  if (known.answers >= least_words) return false;
  ++known.answers;
  for (std::size_t i = 0; i < known.words.size(); ++i) {
    if (known.said[i] > 0 && known.words[i] != said) continue;
    known.words[i] = said;
    ++known.said[i];
    break;
  }
  return true;
}

// Whether it goes further to where it seems to be going: away from what it said most often, or, where it says
// one or another, towards saying nothing else, which tells as much. Of who stays as he is it fails often at a
// border, but no more often than usual.
Checked CanaryPast::words_judged(Memory& known, std::uint64_t said) {
  if (words_learned(known, said)) return Checked::no;
  constexpr double newest = 0.25;
  const auto most = static_cast<std::size_t>(std::ranges::max_element(known.said) - known.said.begin());
  const bool is_commonest = known.words[most] == said;
  const bool is_firmer = known.drift > 0;
  const double usual = known.said[most] / known.answers;
  known.drift += newest * ((is_commonest ? 1 : 0) - usual - known.drift);
  return is_commonest == is_firmer ? Checked::failed : Checked::passed;
}

Checked CanaryPast::likelihood_judged(Memory& known, double likelihood) {
  constexpr double far = 2.5, finest = 0.02;  // standard deviations; of a logarithm
  const double spread = std::max(finest, std::sqrt(known.variance)) * std::sqrt(1 + 1 / least_likelihoods);
  if (known.likely >= least_likelihoods)
    return std::abs(likelihood - known.mean) > far * spread ? Checked::failed : Checked::passed;
  ++known.likely;
  const double before = likelihood - known.mean;
  known.mean += before / known.likely;
  known.variance += (before * (likelihood - known.mean) - known.variance) / known.likely;
  return Checked::no;
}

std::optional<bool> CanaryPast::differs(const CanaryAnswer& answer) const {
  const Memory& known = texts_[answer.text % canary_texts];
  return known.has_last ? std::optional(known.last != answer.said) : std::nullopt;
}

Conduct CanaryPast::judged(const CanaryAnswer& answer, Drawn drawn) {
  Conduct conduct{};
  Memory& known = texts_[answer.text % canary_texts];
  if (answer.prompt_tokens && *answer.prompt_tokens > 0)
    checked(conduct, Check::canary_count) = count_judged(known, *answer.prompt_tokens);
  known.last = answer.said, known.has_last = true;
  if (drawn == Drawn::by_chance || (answer.text < counted_texts && !answer.likelihood)) return conduct;
  checked(conduct, Check::canary_answer) =
      answer.likelihood ? likelihood_judged(known, *answer.likelihood) : words_judged(known, answer.said);
  return conduct;
}

}  // namespace routing

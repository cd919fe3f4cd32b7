#include "routing/quality/canary.hpp"

#include <algorithm>
#include <cmath>

namespace routing {
namespace {

// Of different lengths, and of what tokenizers cut differently: numbers, other languages, code.
constexpr std::array<std::string_view, canary_texts> texts{
    "Heads or tails? Answer with one word.",
    "Pick a number between 1 and 9. Answer with the digit only, nothing else: 31415926535897932384626433.",
    "Name a colour in one word. Nicht auf Deutsch, s'il vous pla\xc3\xaet.",
    "Which comes first to your mind: river or mountain? One word.",
    "for (int i = 0; i < 10; ++i) { sum += values[i]; } // Is this loop in C or in Java? One word.",
    "Continue with one word: Once upon a time there was a",
    "\xd0\x94\xd0\xb0 \xd0\xb8\xd0\xbb\xd0\xb8 \xd0\xbd\xd0\xb5\xd1\x82? Yes or no? "
    "\xe6\x98\xaf\xe8\xbf\x98\xe6\x98"
    "\xaf\xe4\xb8\x8d? Answer in English.",
    "Antidisestablishmentarianism, floccinaucinihilipilification: which of the two is longer? First or "
    "second?"};

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

// Whether it begins as it did most often.
Checked CanaryPast::words_judged(Memory& known, std::uint64_t said) {
  if (known.answers < least_words) {
    ++known.answers;
    for (std::size_t i = 0; i < known.words.size(); ++i) {
      if (known.said[i] > 0 && known.words[i] != said) continue;
      known.words[i] = said;
      ++known.said[i];
      break;
    }
    return Checked::no;
  }
  const auto most = std::ranges::max_element(known.said) - known.said.begin();
  return known.words[static_cast<std::size_t>(most)] == said ? Checked::passed : Checked::failed;
}

Checked CanaryPast::likelihood_judged(Memory& known, double likelihood) {
  constexpr double far = 2.5, finest = 0.02;  // standard deviations; of a logarithm
  const double spread = std::max(finest, std::sqrt(known.variance)) * std::sqrt(1 + 1 / least_words);
  if (known.likely >= least_words)
    return std::abs(likelihood - known.mean) > far * spread ? Checked::failed : Checked::passed;
  ++known.likely;
  const double before = likelihood - known.mean;
  known.mean += before / known.likely;
  known.variance += (before * (likelihood - known.mean) - known.variance) / known.likely;
  return Checked::no;
}

Conduct CanaryPast::judged(const CanaryAnswer& answer) {
  Conduct conduct{};
  Memory& known = texts_[answer.text % canary_texts];
  if (answer.prompt_tokens && *answer.prompt_tokens > 0)
    checked(conduct, Check::canary_count) = count_judged(known, *answer.prompt_tokens);
  if (answer.likelihood) {
    checked(conduct, Check::canary_answer) = likelihood_judged(known, *answer.likelihood);
  } else {
    checked(conduct, Check::canary_answer) = words_judged(known, answer.said);
  }
  return conduct;
}

}  // namespace routing

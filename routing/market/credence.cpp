#include "routing/market/credence.hpp"

namespace routing {
namespace {

// A few times what the fastest hosts reached by 2026.
constexpr double most_per_second = 10'000;
// What comes at once, such as an answer that the host had kept, and what hosts add to a prompt.
constexpr double at_once = 10'000, added = 2'000;
// Estimates by length are off by a factor of four at most where there is only text.
constexpr double most_times = 16;

}  // namespace

bool can_be(const Attempt& attempt, config::Tokens prompt) {
  if (!attempt.usage || attempt.usage_is_estimated) return true;
  const Usage& said = *attempt.usage;
  if (said.prompt.count < 0 || said.output.count < 0) return false;
  if (attempt.finished) {
    const double seconds = config::Seconds(*attempt.finished).count();
    if (static_cast<double>(said.output.count) > at_once + most_per_second * seconds) return false;
  }
  // One that goes on has the answer so far in its prompt.
  const double most_prompt = most_times * static_cast<double>(prompt.count) + added;
  return attempt.reason == Reason::continues || static_cast<double>(said.prompt.count) <= most_prompt;
}

}  // namespace routing

// How long first tokens take at one host that may think before it shows anything, by how much it is asked to
// think: what is a stall there and what is not. Beside the host's line for prompts (prompt_time.hpp), in
// logarithms, so that long prompts and short ones say the same. A value, no thread rule.
//
// Kept apart from what choices go by: there the middle counts, here the end. One limit for all efforts either
// cuts those who think hard, or lets those hang who were asked not to think.
#pragma once

#include <array>
#include <optional>

#include "routing/market/prompt_time.hpp"
#include "routing/terms/effort.hpp"

namespace routing {

struct FirstTokens {
  // All zero where nothing is known, as it is in states that older versions kept.
  struct Group {
    float replies = 0;  // that it remembers, at most `most_remembered`
    float mean = 0;     // of ln(seconds / the line's)
    float variance = 0;
    float longest = 0;  // the same of the longest one, forgotten slowly
  };
  std::array<Group, effort_count> groups{};  // by Effort

  void observe(Effort effort, double line_seconds, double seconds);
  // Nothing came for `waited`, and then nobody waited any more.
  void observe_waiting(Effort effort, double line_seconds, double waited);
  // Seconds after which one in ten thousand still shows nothing, and not less than twice the longest one that
  // is remembered; nothing while too few are known. Who has few of its own is judged with those that were
  // asked to think more, never with those that were asked to think less.
  std::optional<double> latest(Effort effort, double line_seconds) const;

  static constexpr float most_remembered = 200;
  static constexpr float enough = 30;
};

// How long the heads of its streams' replies take there, whatever comes behind them: many hosts send one at
// once, and think for minutes then; others send it with their first token, so that it, too, is known by
// effort. A value, no thread rule.
struct Heads {
  FirstTokens seen{};  // beside a line of one second

  void observe(Effort effort, double seconds) { seen.observe(effort, 1, seconds); }
  // None came for `waited`, and then nobody waited any more.
  void observe_waiting(Effort effort, double waited) { seen.observe_waiting(effort, 1, waited); }
  // As FirstTokens::latest, behind the host's line for the prompt, which it may read before.
  std::optional<double> latest(Effort effort, double line_seconds) const {
    const auto seconds = seen.latest(effort, 1);
    return seconds ? std::optional(line_seconds + *seconds) : std::nullopt;
  }
};

}  // namespace routing

// How well an endpoint's answers pass what they are checked on: as decisions read it, and as people do.
// Values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "routing/terms/outcome.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

// What is thought of how answers pass a check. noted: it seems to have become worse, and nothing follows from
// it; demoted: it has, and the endpoint counts as dearer where the check matters.
enum class Regard : std::uint8_t { unseen, usual, noted, demoted };

// Whether decisions heed it. How an answer ended is looked at, and decides nothing: hosts word it too
// differently; nor do more or fewer tokens than usual, of which prices and times know already.
constexpr bool is_heeded(Check check) {
  return check < Check::finish || is_of_canary(check);
}

// Of one check, lately. All zero: too little is known.
struct CheckedShare {
  float failing = 0;
  Regard regard = Regard::unseen;
};
using Quality = std::array<CheckedShare, check_count>;  // by Check

// What a check found at an endpoint, for people. Answers.
struct CheckEvidence {
  Regard regard = Regard::unseen;
  double passed = 0, failed = 0, unjudged = 0;  // all that were seen
  double failing = unknown;                     // share, lately
  double usual = unknown;                       // share, before
  double peers = unknown;                       // share at others of the model, lately
  double evidence = 0;                          // for that it has become worse: times as likely
  config::TimePoint since{};                    // when the regard changed; zero: never
};
struct QualityEvidence {
  std::array<CheckEvidence, check_count> checks{};  // by Check
  double length = 1;                                // its output tokens over its peers' for the same requests
  double prompt_tokens = 1;                         // its prompt tokens for a text over its peers' median
  int fingerprints = 0;                             // of what it said that it runs, new ones seen
  config::TimePoint fingerprint_since{};            // when the newest was seen first; zero: it never said
};

constexpr std::string_view to_text(Regard regard) {
  constexpr std::array<std::string_view, 4> words{"unseen", "ok", "noted", "demoted"};
  return words[static_cast<std::size_t>(regard)];
}
constexpr std::string_view to_text(Check check) {
  constexpr std::array<std::string_view, check_count> words{
      "tool_arguments", "json",    "content",      "finish",       "prompt_tokens",
      "longer",         "shorter", "canary_count", "canary_answer"};
  return words[static_cast<std::size_t>(check)];
}

}  // namespace routing

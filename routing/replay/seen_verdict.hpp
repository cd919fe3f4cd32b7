// What was known of one endpoint when a decision was taken, as it is kept of every request: small enough for
// that, and with the digits that a person is shown. Printing it decides nothing again. A value; its bytes are
// what record files hold, so that a new member comes last.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "routing/decision/decision.hpp"

namespace routing {

struct SeenVerdict {
  std::uint32_t endpoint = 0;
  std::uint8_t removal = 0, filter = 0, flags = 0, has_margin = 0;
  std::int32_t rule = -1, tier = 0, rank = 0;
  std::int8_t dollars = 0, seconds = 0, tokens = 0;  // the margin's dimension
  std::int8_t price_rule = 0;                        // counted from 1; 0: the endpoint's own prices
  float missed_by = 0, found = 0, limit = 0, propensity = 0;
  // Of its cost, in dollars.
  float price = 0, wait_for_first = 0, wait_for_rest = 0, other = 0, quota = 0, quality = 0, failing = 0;
  // Of what was predicted.
  float ttft = 0, first_delta = 0, wait = 0, at_once = 0, smooth = 0, ttft_log_sd = 0, throughput = 0;
  float throughput_log_sd = 0, expected_output = 0, generation = 0, billed = 0, failure = 0, cache_hit = 0;
  float in_flight = 0, headroom = 0;
  float passing = static_cast<float>(unknown);  // Prediction::quality

  // Of `flags`.
  static constexpr std::uint8_t limits_rate = 1, is_demoted = 2;
  static constexpr std::uint8_t is_trial = 4;  // the chosen one's attempt was, after failures
};
static_assert(std::is_trivially_copyable_v<SeenVerdict> && sizeof(SeenVerdict) == 132);

// As many of a decision are kept, the best ones and those left out, one after the other.
inline constexpr std::size_t most_seen = 128;

// Puts the verdicts of a decision into an empty `seen`; returns how many there was no room for.
std::uint32_t note(const Decision& decision, std::vector<SeenVerdict>& seen);
Verdict verdict_of(const SeenVerdict& seen);

}  // namespace routing

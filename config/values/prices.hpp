// What an endpoint charges: prices by kind of token, and rules that say when other prices hold. Plain data
// and pure functions; the time is an argument.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/values/units.hpp"

namespace config {

// What is left out costs what its wider kind does.
struct Prices {
  PricePerMillionTokens input{};
  PricePerMillionTokens output{};
  std::optional<PricePerMillionTokens> cache_read{};   // absent: cached tokens cost what others cost
  std::optional<PricePerMillionTokens> cache_write{};  // absent: writing costs nothing extra
  // For an hour instead of minutes. Absent: the input price, where writing costs at all.
  std::optional<PricePerMillionTokens> cache_write_1h{};
  std::optional<PricePerMillionTokens> audio_input{};       // of prompt tokens that are sound
  std::optional<PricePerMillionTokens> audio_cache_read{};  // of those, read from the cache
  std::optional<PricePerMillionTokens> image_input{};       // of prompt tokens that are pictures
  std::optional<PricePerMillionTokens> audio_output{};
  std::optional<PricePerMillionTokens> image_output{};
  std::optional<PricePerMillionTokens> reasoning{};  // of output tokens that nobody reads
  Money request{};                                   // per request
  Money search{};                                    // per search that the host made for it
  Money image{};                                     // per picture in the prompt, beside its tokens

  friend bool operator==(const Prices&, const Prices&) = default;
};

// How urgent an answer is, as hosts sell it; what they call it differs.
enum class ServiceTier : std::uint8_t { standard, flex, priority, batch, scale, fast, off_peak, reserved };
inline constexpr std::size_t service_tier_count = 8;
inline constexpr std::array<std::string_view, service_tier_count> service_tier_names{
    "standard", "flex", "priority", "batch", "scale", "fast", "off_peak", "reserved"};
using ServiceTiers = std::bitset<service_tier_count>;
// By the word that a request or an answer has for it ("default", "ON_DEMAND_PRIORITY"); nothing for a word
// that leaves it open ("auto") or is not known.
std::optional<ServiceTier> service_tier_of(std::string_view word);

// A host's word for the part of the world where it answers, where it charges by that: "us". It holds no
// memory of its own, and so no more than 15 letters.
class GeoWord {
 public:
  static constexpr std::size_t longest = 15;

  constexpr GeoWord() = default;
  explicit constexpr GeoWord(std::string_view word) {
    std::copy_n(word.begin(), std::min(word.size(), longest), text_.begin());
  }
  constexpr bool empty() const { return text_[0] == 0; }  // it is not said
  std::string_view text() const { return text_.data(); }

  friend bool operator==(const GeoWord&, const GeoWord&) = default;

 private:
  std::array<char, longest + 1> text_{};  // with a zero behind it
};

// A time of day, UTC, in minutes since midnight.
struct MinuteOfDay {
  int minutes = 0;
};

// From `from` until `to` every day, over midnight when `to` is earlier.
struct DailyWindow {
  MinuteOfDay from;
  MinuteOfDay to;
};
bool contains(const DailyWindow& window, MinuteOfDay time);

// Monday first.
inline constexpr std::array<std::string_view, 7> weekday_names{"mon", "tue", "wed", "thu",
                                                               "fri", "sat", "sun"};

// What a price depends on.
struct Occasion {
  Tokens prompt{};  // all of it, what is cached included
  WallTime at{};
  ServiceTier tier = ServiceTier::standard;
  GeoWord geo{};
};

// All that is said must hold. Times are UTC.
struct PriceConditions {
  std::optional<Tokens> prompt_above{};  // more than so many
  std::optional<Tokens> prompt_to{};     // and not more than so many
  std::optional<DailyWindow> hours{};
  std::bitset<7> weekdays{};            // of the moment itself, Monday first; none: every day
  std::optional<std::int64_t> from{};   // seconds since 1970
  std::optional<std::int64_t> until{};  // not any more
  ServiceTiers tiers{};                 // none: every one
  std::vector<GeoWord> geos{};          // any of them; none: wherever it is
  std::vector<GeoWord> other_geos{};    // none of them; only of a hole that rules leave

  bool any() const;
};
bool holds(const PriceConditions& when, const Occasion& occasion);
// "prompts above 200,000 tokens, 16:30-00:30 UTC, flex".
std::string to_text(const PriceConditions& when);

// The whole request is charged so: never only what is beyond a bound.
struct PriceRule {
  PriceConditions when;
  Prices prices;
};

// The first whose conditions hold; null: none.
const PriceRule* rule_for(std::span<const PriceRule> rules, const Occasion& occasion);

}  // namespace config

// The units the gateway counts in. Each is its own type, so that tokens cannot be added to money
// and a price cannot be passed where an amount is meant. Values; usable from every thread.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace config {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
// Only to show a person, and for the policy names `hour` and `weekday`.
using WallTime = std::chrono::system_clock::time_point;

// A length of time as a real number, for estimates and costs.
using Seconds = std::chrono::duration<double>;

struct Tokens {
  std::int64_t count = 0;

  friend auto operator<=>(const Tokens&, const Tokens&) = default;
  friend Tokens operator+(Tokens a, Tokens b) { return {a.count + b.count}; }
};

// An exact amount of money, in billionths of a US dollar.
struct Money {
  std::int64_t nanos = 0;

  friend auto operator<=>(const Money&, const Money&) = default;
  friend Money operator+(Money a, Money b) { return {a.nanos + b.nanos}; }
  // The number that is nearest to it, as `0.3` is read: 1e-9 itself is none, and 1e9 is.
  double dollars() const { return static_cast<double>(nanos) / 1e9; }
};

struct PricePerMillionTokens {
  Money price;

  friend auto operator<=>(const PricePerMillionTokens&, const PricePerMillionTokens&) = default;
  // Rounds up: an estimate must never be below the bill.
  Money of(Tokens tokens) const {
    constexpr std::int64_t million = 1'000'000;
    // In two parts, because nanos x tokens may pass 64 bits.
    const std::int64_t whole = price.nanos / million * tokens.count;
    return {whole + (price.nanos % million * tokens.count + million - 1) / million};
  }
  double dollars_per_token() const { return price.dollars() / 1e6; }
};

// A name of one kind of thing. Names of different kinds do not compare or convert.
template <class Kind>
struct Name {
  std::string text;

  friend auto operator<=>(const Name&, const Name&) = default;
};
using ProviderName = Name<struct ProviderKind>;
using ModelName = Name<struct ModelKind>;        // as clients ask for it: "deepseek/deepseek-r1"
using EndpointName = Name<struct EndpointKind>;  // one model at one host: "fireworks/deepseek-r1"
using PolicyName = Name<struct PolicyKind>;
using KeyName = Name<struct KeyKind>;
using TeamName = Name<struct TeamKind>;
using PresetName = Name<struct PresetKind>;

}  // namespace config

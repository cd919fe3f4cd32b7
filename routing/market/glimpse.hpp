// What one gateway saw at an endpoint, as its market learned it and as the markets of others learn it, too.
// A value.
#pragma once

#include <cstdint>
#include <vector>

#include "routing/market/dossier.hpp"
#include "routing/market/lengths.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

struct Glimpse {
  // The first content of an answer; the end of an attempt; what the host counted of a request.
  enum class What : std::uint8_t { begins, ends, counts };

  What what{};
  // `endpoint` is of the catalogue of whoever has it; `in_flight` is all that was known to be under way
  // there.
  Attempt attempt{};
  AskedFor asked{};
  LengthKeys lengths{};      // of `counts`
  double cached_tokens = 0;  // of `counts`: of the prompt, that were expected in the host's cache
  config::TimePoint at{};
};

// What others are told of failures: not what is a matter of one gateway's own credentials, names or ports.
bool concerns_others(const Attempt& attempt);

// Keeps what a market learned until it is told to others: no more of each endpoint than makes a difference to
// whoever has samples of its own. Belongs to the market.
class Glimpses {
 public:
  static constexpr std::size_t most_usual = 24, most_failures = 8;  // of each endpoint
  static constexpr std::size_t most = 400;

  void add(const Glimpse& glimpse, EndpointIndex endpoint);
  // Hands over what there is.
  std::vector<Glimpse> take();
  void clear() { all_.clear(), counts_.clear(); }
  std::uint64_t left_out() const { return left_out_; }

 private:
  struct Counts {
    std::uint16_t usual = 0, failures = 0;
  };
  std::vector<Glimpse> all_;
  std::vector<Counts> counts_;  // by EndpointIndex
  std::uint64_t left_out_ = 0;
};

}  // namespace routing

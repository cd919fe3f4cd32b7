// Refusals of one endpoint that may have been meant for one request alone: a 403, 404, 410 or 412 that does
// not say what it is about, a model that is not there, a place or an account that is not served. They are a
// fault of our configuration once several requests got them, of several clients where there are several, and
// none was answered meanwhile. A new configuration starts anew. Belongs to the market.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "routing/market/health.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

class Suspicion {
 public:
  static constexpr std::size_t requests_to_convict = 3;

  // `keys`: how many client keys the configuration has.
  explicit Suspicion(std::size_t keys) : keys_(keys) {}

  // What an attempt says about its host: as fault_of() has it, but that a doubtful refusal says nothing
  // before there are enough.
  Fault judged(const Attempt& attempt, config::TimePoint now);

 private:
  bool is_proven_by(const Doubt& doubt, config::TimePoint now);
  void forget() { *this = Suspicion(keys_); }

  std::size_t keys_;
  std::array<std::uint64_t, requests_to_convict> requests_{};  // different ones
  std::size_t count_ = 0;
  std::uint64_t key_ = 0;  // of the first
  bool several_keys_ = false;
  config::TimePoint last_{};
};

}  // namespace routing

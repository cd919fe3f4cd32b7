// The picture of the market that decisions read. Immutable once published; shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "routing/market/engine_state.hpp"
#include "routing/market/first_tokens.hpp"
#include "routing/market/health.hpp"
#include "routing/market/lengths.hpp"
#include "routing/market/prefix_table.hpp"
#include "routing/market/speed.hpp"
#include "routing/quality/regard.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

// One endpoint as decisions see it. The defaults are what is believed of one that nobody asked yet.
struct EndpointState {
  Measured measured{};  // the last 5 minutes
  Speed speed{};
  Threshold room = unseen_room;  // how many it has there before it refuses more
  Health health{};
  EngineState engine{};
  double replies = 0;               // that speed learned from; 0: all prior
  double verbosity = 1;             // its output tokens over those of its peers for the same requests
  double prompt_scale = 1;          // its prompt tokens over our estimate of them
  double cache_reliability = 0.85;  // share of the expected cached tokens that it really found
  double streams_reasoning = 1;     // share of replies whose thinking comes as deltas, before the text
  Quality quality{};
  FirstTokens first_tokens{};
  Heads heads{};
};

struct Snapshot {
  std::uint64_t version = 0;
  config::TimePoint taken{};
  std::shared_ptr<const Catalogue> catalogue;
  std::vector<EndpointState> endpoints;                            // by EndpointIndex
  std::shared_ptr<const LengthTable> lengths{};                    // absent: nothing learned yet
  std::shared_ptr<const PrefixTable> prefixes{};                   // absent: no endpoint saw any prompt
  std::shared_ptr<const std::vector<Measured>> half_hour{};        // by EndpointIndex, the last 30 minutes
  std::shared_ptr<const std::vector<QualityEvidence>> evidence{};  // by EndpointIndex
};

}  // namespace routing

// What a gateway tells the others: what its market has learned by itself since the last time, each piece
// once, and what it has under way. Belongs to whoever has the market.
#pragma once

#include "routing/exchange/bulletin.hpp"
#include "routing/market/market.hpp"
#include "routing/terms/in_flight.hpp"

namespace routing {

class Telling {
 public:
  // `sender` is another one for each process; from now on the market keeps what it learns.
  Telling(std::uint64_t sender, Market& market) : sender_(sender), market_(market) {
    market_.keep_glimpses();
  }

  // Nothing: there is nothing new, and others know that this gateway is there.
  std::optional<Bulletin> take(const Catalogue& catalogue, const InFlight& in_flight, config::TimePoint now);

 private:
  const std::uint64_t sender_;
  Market& market_;
  std::uint64_t sequence_ = 0;
  std::uint64_t loads_told_ = 0;  // as a hash
  config::TimePoint told_ = config::TimePoint::min();
};

}  // namespace routing

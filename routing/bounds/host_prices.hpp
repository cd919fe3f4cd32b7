// What a second of a host's time is priced at while a bound is sought (bound.hpp): one price for reading
// prompts and one for generating, in each stretch of time. Belongs to one search.
//
// Source of the form: Lagrangian duality (Geoffrion 1974). Steady prices come of the method of successive
// averages (Sheffi, "Urban Transportation Networks", 1985), those of single stretches of a subgradient. Any
// prices make a bound; these are for a good one.
#pragma once

#include <algorithm>
#include <vector>

#include "config/values/fleet.hpp"
#include "routing/bounds/stretch.hpp"
#include "routing/policy/policy.hpp"

namespace routing {

class HostPrices {
 public:
  // `host` must outlive it. `stretches` have their times, `last_arrival` is in seconds as they are.
  HostPrices(const config::SimulatedHost& host, const Policy& values, std::vector<Stretch> stretches,
             double last_arrival);

  const config::SimulatedHost& host() const { return host_; }
  double value_of_work() const { return value_of_work_; }  // of a second while it generates
  std::vector<Stretch>& stretches() { return stretches_; }
  const std::vector<Stretch>& stretches() const { return stretches_; }
  // Of a first token that begins in this stretch and takes so long.
  double prefill_price(std::size_t stretch, double seconds) const;

  // Begins anew. `own_share` of what a second is worth counts at the request, the rest here.
  void begin(double own_share);
  // Prices at which the host would do just what is asked of it on average.
  void set_steady(int round);
  // Up where more is asked for than the host would do, down where less.
  void move(int round);

  void begin_round();
  void take(std::size_t prefill_at, double prefill, std::size_t work_at, double work);
  void end_round(int round);

  // What the host gains at these prices beyond what its requests' time is worth: 0 or less. Dollars.
  double surplus() const;

 private:
  // In a second, and how much of either it would do for that.
  struct Offer {
    double surplus = 0, prefill = 0, work = 0;
  };
  Offer best_offer(const Stretch& stretch) const;
  double pace(double running) const { return std::max(0.02, 1 - crowding_ * std::max(0.0, running - 1)); }
  void find_least_prices();

  const config::SimulatedHost& host_;
  double value_of_ttft_, value_of_work_;
  double slots_, crowding_ = 0;  // the pace lost for each that runs beside
  double first_ = 0, rest_ = 0;  // what a second of either is worth here
  double begin_, last_arrival_;
  std::vector<Stretch> stretches_;
  double slot_price_ = 0;
  double mean_prefill_ = 0, mean_work_ = 0;  // seconds asked for in a second, over the rounds
  double prefill_ = 0, work_ = 0;            // in this round
  double taken_ = 0, each_ = 1;              // requests in this round, and the seconds that one takes
};

}  // namespace routing

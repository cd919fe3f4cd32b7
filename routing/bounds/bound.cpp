#include "routing/bounds/bound.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "routing/bounds/host_prices.hpp"
#include "routing/bounds/ways.hpp"

namespace routing {
namespace {

// First with prices that stay the same all the time, then with each stretch's own.
constexpr int steady_rounds = 20, further_rounds = 20;
// Of what a second is worth, the part that counts at the request, so that putting work off is never free;
// the rest counts at the host, where it grows with the crowd. Little is better while hosts have room, much
// while they have none.
constexpr double own_shares[] = {0.15, 0.8};
// Requests are taken so many at a time, times hosts; what the others cost them is left out.
constexpr std::size_t most_ways = 1'000'000;
// Requests whose bound is sought together.
class Batch {
 public:
  // Both must outlive this.
  Batch(const Scenario& scenario, const Ways& ways)
      : ways_(ways), value_of_ttft_(scenario.values.value_of_ttft) {
    for (std::size_t host = 0; host < ways.hosts(); ++host) {
      places_.emplace_back(scenario.fleet->hosts[host], scenario.values, ways.stretches(host),
                           ways.last_arrival());
    }
  }

  // The sum over its requests.
  double least() {
    double best = 0;
    for (const double share : own_shares) {
      own_share_ = share;
      for (HostPrices& place : places_) place.begin(share);
      for (int round = 0; round < steady_rounds; ++round) {
        for (HostPrices& place : places_) place.set_steady(round);
        best = std::max(best, evaluate());
        for (HostPrices& place : places_) place.end_round(round);
      }
      for (int round = 0; round < further_rounds; ++round) {
        for (HostPrices& place : places_) place.move(round);
        best = std::max(best, evaluate());
      }
    }
    return best;
  }

 private:
  double evaluate();
  double cheapest(std::size_t request, std::size_t host, double most);

  const Ways& ways_;
  double value_of_ttft_;
  double own_share_ = 0;
  std::vector<HostPrices> places_;
  // In which stretches, and how many seconds.
  struct Taken {
    std::size_t prefill_at = 0, work_at = 0;
    double prefill = 0, work = 0;
  };
  Taken found_;  // last by `cheapest`
};

// What the request costs there at the present prices, or anything not below `most`.
double Batch::cheapest(std::size_t request, std::size_t host, double most) {
  const Way& way = ways_.way(request, host);
  if (way.dollars == endless) return endless;
  const HostPrices& place = places_[host];
  const std::vector<Stretch>& stretches = place.stretches();
  const double arrived = ways_.arrived(request);
  const double breaks = std::min(1.0, place.host().mishaps.cut);
  const double keeps = 1 - breaks, broken = breaks * ways_.fine(request);
  const double first = value_of_ttft_, rest = place.value_of_work();
  const auto own = ways_.stretch_of(request);

  double least = (most - broken) / std::max(1e-9, keeps);
  // Of the ways to begin so far: what the wait and the first token cost at the host, and with the request's
  // own share.
  double there = endless, with_own = endless, fastest = 0;
  std::size_t begun_at = own;
  double prefill_begun = 0;
  bool is_found = false;
  const auto offer = [&](std::size_t k, double begin, double ttft, double speed) {
    const Stretch& stretch = stretches[k];
    const double wait = std::max(0.0, begin - arrived);
    if (ttft < endless) {
      const double prefill = way.idle * ttft;
      const double here = (1 - own_share_) * first * wait + place.prefill_price(k, prefill) * prefill;
      there = std::min(there, here);
      if (here + own_share_ * first * (wait + prefill) < with_own) {
        with_own = here + own_share_ * first * (wait + prefill);
        begun_at = k;
        prefill_begun = prefill;
      }
      fastest = std::max(fastest, speed);
    }
    if (there == endless) return;
    const double work = way.work / std::max(1e-9, fastest);
    const double total =
        way.dollars + stretch.work_price * work +
        std::max(with_own + own_share_ * rest * work, there + own_share_ * std::min(first, rest) * wait);
    if (total >= least) return;
    least = total;
    is_found = true;
    found_ = {.prefill_at = begun_at, .work_at = k, .prefill = keeps * prefill_begun, .work = keeps * work};
  };

  offer(own, arrived, way.ttft, way.speed);
  if (way.wait < endless) offer(own, arrived + way.wait, way.ttft_soon, way.speed_soon);
  for (std::size_t k = own; k < stretches.size(); ++k) {
    const Stretch& stretch = stretches[k];
    const double begin = std::max(arrived + (k == own ? Ways::looks_ahead : 0.0), stretch.begin);
    const bool is_last = k + 1 == stretches.size();
    if (begin >= stretch.begin + stretch.length && !is_last) continue;
    const double wait = begin - arrived;
    const double prefill = way.idle * stretch.ttft_later;
    const double work = way.work / std::max({1e-9, fastest, stretch.speed_later});
    const double later = first * wait + (stretch.least_prefill_price + own_share_ * first) * prefill;
    const double begun = std::min(with_own, later);
    const double floor = way.dollars + stretch.least_work_price * work +
                         std::max(begun + own_share_ * rest * work,
                                  std::min(there, later - own_share_ * first * (wait + prefill)) +
                                      own_share_ * std::min(first, rest) * wait);
    if (floor >= least) break;
    offer(k, begin, stretch.ttft, stretch.speed);
  }
  return is_found ? keeps * least + broken : endless;
}

double Batch::evaluate() {
  for (HostPrices& place : places_) place.begin_round();
  double sum = 0;
  for (std::size_t i = 0; i < ways_.requests(); ++i) {
    double least = ways_.fine(i);
    std::optional<std::size_t> host;
    Taken taken;
    for (std::size_t h = 0; h < places_.size(); ++h) {
      const double cost = cheapest(i, h, least);
      if (cost >= least) continue;
      least = cost;
      host = h;
      taken = found_;
    }
    sum += least;
    if (host) places_[*host].take(taken.prefill_at, taken.prefill, taken.work_at, taken.work);
  }
  for (const HostPrices& place : places_) sum += place.surplus();
  return sum;
}

}  // namespace

double least_cost(const Scenario& scenario) {
  const std::vector<config::TraceRequest>& requests = scenario.trace->requests;
  if (requests.empty()) return 0;
  SimulatedMarket market(*scenario.fleet, scenario.family, scenario.seed, config::TimePoint{},
                         scenario.trace->start);
  Said said;
  double sum = 0;
  const std::size_t most =
      std::max<std::size_t>(100, most_ways / std::max<std::size_t>(1, scenario.fleet->hosts.size()));
  for (std::size_t from = 0; from < requests.size(); from += most) {
    const std::size_t count = std::min(most, requests.size() - from);
    const Ways ways(scenario, market, std::span(requests).subspan(from, count), said);
    sum += Batch(scenario, ways).least();
  }
  return sum / static_cast<double>(requests.size());
}

}  // namespace routing

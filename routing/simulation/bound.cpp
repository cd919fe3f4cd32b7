#include "routing/simulation/bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>

#include "routing/host_model/host_fate.hpp"
#include "routing/simulation/compliance.hpp"
#include "routing/simulation/host_prices.hpp"

namespace routing {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
// First with prices that stay the same all the time, then with each stretch's own.
constexpr int steady_rounds = 20, further_rounds = 20;
// Of what a second is worth, the part that counts at the request, so that putting work off is never free; the
// rest counts at the host, where it grows with the crowd. Little is better while hosts have room, much while
// they have none.
constexpr double own_shares[] = {0.15, 0.8};
// Requests are taken so many at a time, times hosts; what the others cost them is left out.
constexpr std::size_t most_ways = 1'000'000;
constexpr std::size_t most_stretches = 240;
constexpr double shortest_stretch = 5, after_the_last = 120;  // seconds
// How far a request looks around for a better moment, in seconds from its arrival; beyond the last one whole
// stretches count.
constexpr double moments[] = {0, 1, 2, 4, 8, 16};
constexpr std::size_t cells = std::size(moments) - 1;

double in_seconds(config::Duration duration) {
  return config::Seconds(duration).count();
}

// Mean of a factor that is log-normal with median 1.
double mean_factor(double log_sd) {
  return std::exp(log_sd * log_sd / 2);
}

// One request at one host.
struct Way {
  double dollars = never;     // and what never changes; infinite: it cannot be served there
  double idle = 0, work = 0;  // seconds at a usual moment: to the first token, from there to the last
  // The host's mood when it comes, and the best one shortly after, should that be better.
  double ttft = never, speed = 0;
  double wait = never, ttft_soon = never, speed_soon = 0;
};

class Batch {
 public:
  Batch(const Scenario& scenario, SimulatedMarket& market, std::span<const config::TraceRequest> requests,
        std::unordered_map<std::uint64_t, std::int64_t>& said)
      : scenario_(scenario), market_(market), requests_(requests), said_(said) {}

  // The sum over its requests.
  double least() {
    make_stretches();
    look_around();
    value_requests();
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
  void make_stretches();
  void look_around();
  void value_requests();
  double evaluate();
  double cheapest(std::size_t request, std::size_t host, double most);
  double price(const config::SimulatedHost& host, double at, double prompt, double cached,
               double output) const;

  const Scenario& scenario_;
  SimulatedMarket& market_;
  std::span<const config::TraceRequest> requests_;
  std::unordered_map<std::uint64_t, std::int64_t>& said_;
  double own_share_ = 0;
  double begin_ = 0;   // of the arrivals
  double length_ = 0;  // of a stretch
  std::vector<HostPrices> places_;
  std::vector<Way> ways_;  // [request][host]
  std::vector<double> fines_;
  // In which stretches, and how many seconds.
  struct Taken {
    std::size_t prefill_at = 0, work_at = 0;
    double prefill = 0, work = 0;
  };
  Taken found_;  // last by `cheapest`
};

void Batch::make_stretches() {
  begin_ = in_seconds(requests_.front().at);
  const double end = in_seconds(requests_.back().at);
  length_ = std::max(shortest_stretch, (end - begin_) / static_cast<double>(most_stretches));
  const auto count = static_cast<std::size_t>(std::ceil((end - begin_ + after_the_last) / length_)) + 2;
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < count; ++i) {
    stretches.push_back({.begin = begin_ + static_cast<double>(i) * length_, .length = length_});
  }
  for (const config::SimulatedHost& host : scenario_.fleet->hosts) {
    places_.emplace_back(host, scenario_.values, stretches, end);
  }
}

// The moods of all hosts, at the arrivals and a little later, and at even distances. Between two looks the
// better one counts.
void Batch::look_around() {
  struct Look {
    double at = 0;
    std::size_t request = 0, cell = 0;  // no request: the stretch's own
  };
  constexpr std::size_t nobody = static_cast<std::size_t>(-1);
  std::vector<Look> looks;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    for (std::size_t cell = 0; cell <= cells; ++cell) {
      looks.push_back({in_seconds(requests_[i].at) + moments[cell], i, cell});
    }
  }
  const double between = std::max(1.0, length_ / 16);
  const double end = places_.front().stretches().back().begin + length_;
  for (double at = begin_; at < end; at += between) looks.push_back({at, nobody, 0});
  std::ranges::sort(looks, {}, &Look::at);

  ways_.resize(requests_.size() * places_.size());
  std::vector<double> last_ttft(requests_.size()), last_speed(requests_.size());
  for (std::size_t h = 0; h < places_.size(); ++h) {
    std::vector<Stretch>& stretches = places_[h].stretches();
    const auto world = make_world(scenario_.family, places_[h].host(), scenario_.seed, config::TimePoint{},
                                  scenario_.trace->start);
    for (const Look& look : looks) {
      const Conditions found = world->at(
          config::TimePoint{} + std::chrono::duration_cast<config::Duration>(config::Seconds(look.at)));
      const double ttft = found.outage ? never : found.ttft, speed = found.outage ? 0 : found.speed;
      if (look.request == nobody) {
        const auto i = static_cast<std::size_t>((look.at - begin_) / length_);
        Stretch& stretch = stretches[std::min(i, stretches.size() - 1)];
        stretch.ttft = std::min(stretch.ttft, ttft);
        stretch.speed = std::max(stretch.speed, speed);
        continue;
      }
      Way& way = ways_[look.request * places_.size() + h];
      const double best_ttft = std::min(last_ttft[look.request], ttft);
      const double best_speed = std::max(last_speed[look.request], speed);
      if (look.cell == 1) {
        way.ttft = best_ttft;
        way.speed = best_speed;
      } else if (look.cell > 1 && (best_ttft < 0.999 * way.ttft || best_speed > 1.001 * way.speed)) {
        way.wait = std::min(way.wait, moments[look.cell - 1]);
        way.ttft_soon = std::min(way.ttft_soon, best_ttft);
        way.speed_soon = std::max(way.speed_soon, best_speed);
      }
      last_ttft[look.request] = ttft;
      last_speed[look.request] = speed;
    }
    // After the end anything may be hoped for.
    Stretch& tail = stretches.back();
    for (const Stretch& each : stretches) {
      tail.ttft = std::min(tail.ttft, each.ttft);
      tail.speed = std::max(tail.speed, each.speed);
    }
    for (std::size_t k = stretches.size(); k-- > 0;) {
      Stretch& stretch = stretches[k];
      const bool is_last = k + 1 == stretches.size();
      stretch.ttft_later = is_last ? stretch.ttft : std::min(stretch.ttft, stretches[k + 1].ttft_later);
      stretch.speed_later = is_last ? stretch.speed : std::max(stretch.speed, stretches[k + 1].speed_later);
    }
  }
}

double Batch::price(const config::SimulatedHost& host, double at, double prompt, double cached,
                    double output) const {
  const auto of = [&](const config::Prices& prices) {
    return prices.input.dollars_per_token() * (prompt - cached) +
           prices.cache_read.value_or(prices.input).dollars_per_token() * cached +
           (prices.cache_write ? prices.cache_write->dollars_per_token() * (prompt - cached) : 0) +
           prices.output.dollars_per_token() * output + prices.request.dollars();
  };
  // Prices are those of the end, and known up to a minute late: the least of all that may hold.
  constexpr double known_late = 60, longest = 600;
  const double from = at - known_late, until = at + longest;
  double least = never;
  bool is_first = true;
  for (std::size_t i = 0; i <= host.price_changes.size(); ++i) {
    const double begins = i == 0 ? -never : host.price_changes[i - 1].at.count();
    const double ends = i == host.price_changes.size() ? never : host.price_changes[i].at.count();
    if (ends <= from || begins > until) continue;
    least = std::min(least, of(i == 0 ? host.prices : host.price_changes[i - 1].prices));
    is_first = false;
  }
  for (const config::PriceWindow& window : host.price_windows) least = std::min(least, of(window.prices));
  return is_first ? of(host.prices) : least;
}

void Batch::value_requests() {
  const Policy& values = scenario_.values;
  const auto catalogue = market_.catalogue(config::TimePoint{});
  std::vector<double> usual(places_.size());
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const config::TraceRequest& request = requests_[i];
    Demand demand;
    demand.prompt = request.prompt;
    demand.max_output = request.max_output;
    for (std::size_t h = 0; h < places_.size(); ++h) {
      usual[h] = market_.usual_cost(static_cast<EndpointIndex>(h), demand,
                                    static_cast<double>(request.output.count), values);
    }
    const auto middle = usual.begin() + static_cast<std::ptrdiff_t>(usual.size() / 2);
    std::ranges::nth_element(usual, middle);
    fines_.push_back(scenario_.failure_fine * *middle);

    std::int64_t* said = request.session == 0 ? nullptr : &said_[request.session];
    const auto prompt = static_cast<double>(request.prompt.count);
    for (std::size_t h = 0; h < places_.size(); ++h) {
      const config::SimulatedHost& host = places_[h].host();
      const HostRequest asked{
          .prompt = request.prompt, .max_output = request.max_output, .answer = request.output};
      const std::int64_t room = room_for_output(host, asked);
      const std::int64_t wished = request.max_output ? request.max_output->count : 1;
      if (room <= 0 || request.prompt.count + wished > host.context.count) continue;
      if (host.max_output && wished > host.max_output->count) continue;
      if (!complies(values, catalogue->endpoints()[h], demand)) continue;
      Way& way = ways_[i * places_.size() + h];
      const double output =
          std::min(std::max(1.0, std::round(static_cast<double>(request.output.count) * host.verbosity)),
                   static_cast<double>(room));
      double cached = 0;
      if (said && host.prompt_cache) {
        cached = host.prompt_cache->reliability *
                 static_cast<double>(std::min(*said, std::max<std::int64_t>(0, request.prompt.count - 1)));
      }
      way.dollars = price(host, in_seconds(request.at), prompt, cached, output);
      // Who waits out a stall waits as long as that; who does not pays for failing.
      if (output >= 2 && host.mishaps.stall > 0) {
        const double waited = host.mishaps.stall_length
                                  ? places_[h].value_of_work() * host.mishaps.stall_length->count()
                                  : never;
        way.dollars += std::min(1.0, host.mishaps.stall) * std::min(waited, fines_.back());
      }
      way.idle = (host.ttft.base.count() + host.ttft.per_1000_prompt.count() * (prompt - cached) / 1000) *
                 mean_factor(host.ttft.log_sd);
      way.work = (output - 1) * mean_factor(host.speed.log_sd) / std::max(host.speed.tokens_per_second, 1e-3);
    }
    if (said) *said = std::max(*said, request.prompt.count);
  }
}

// What the request costs there at the present prices, or anything not below `most`.
double Batch::cheapest(std::size_t request, std::size_t host, double most) {
  const Way& way = ways_[request * places_.size() + host];
  if (way.dollars == never) return never;
  const HostPrices& place = places_[host];
  const std::vector<Stretch>& stretches = place.stretches();
  const double arrived = in_seconds(requests_[request].at);
  const double breaks = std::min(1.0, place.host().mishaps.cut);
  const double keeps = 1 - breaks, broken = breaks * fines_[request];
  const double first = scenario_.values.value_of_ttft, rest = place.value_of_work();
  const auto own = static_cast<std::size_t>((arrived - begin_) / length_);

  double least = (most - broken) / std::max(1e-9, keeps);
  // Of the ways to begin so far: what the wait and the first token cost at the host, and with the request's
  // own share.
  double there = never, with_own = never, fastest = 0;
  std::size_t begun_at = own;
  double prefill_begun = 0;
  bool is_found = false;
  const auto offer = [&](std::size_t k, double begin, double ttft, double speed) {
    const Stretch& stretch = stretches[k];
    const double wait = std::max(0.0, begin - arrived);
    if (ttft < never) {
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
    if (there == never) return;
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
  if (way.wait < never) offer(own, arrived + way.wait, way.ttft_soon, way.speed_soon);
  for (std::size_t k = own; k < stretches.size(); ++k) {
    const Stretch& stretch = stretches[k];
    const double begin = std::max(arrived + (k == own ? moments[cells] : 0.0), stretch.begin);
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
  return is_found ? keeps * least + broken : never;
}

double Batch::evaluate() {
  for (HostPrices& place : places_) place.begin_round();
  double sum = 0;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    double least = fines_[i];
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
  std::unordered_map<std::uint64_t, std::int64_t> said;
  double sum = 0;
  const std::size_t most =
      std::max<std::size_t>(100, most_ways / std::max<std::size_t>(1, scenario.fleet->hosts.size()));
  for (std::size_t from = 0; from < requests.size(); from += most) {
    const std::size_t count = std::min(most, requests.size() - from);
    sum += Batch(scenario, market, std::span(requests).subspan(from, count), said).least();
  }
  return sum / static_cast<double>(requests.size());
}

}  // namespace routing

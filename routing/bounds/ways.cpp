#include "routing/bounds/ways.hpp"

#include <algorithm>
#include <cmath>

#include "routing/host_model/host_fate.hpp"
#include "routing/simulation/compliance.hpp"

namespace routing {
namespace {

constexpr std::size_t most_stretches = 240;
constexpr double shortest_stretch = 5, after_the_last = 120;  // seconds
// When a request looks for a better moment, in seconds from its arrival.
constexpr double moments[] = {0, 1, 2, 4, 8, Ways::looks_ahead};

double in_seconds(config::Duration duration) {
  return config::Seconds(duration).count();
}

// Mean of a factor that is log-normal with median 1.
double mean_factor(double log_sd) {
  return std::exp(log_sd * log_sd / 2);
}

double bill(const config::Prices& prices, double prompt, double cached, double output) {
  return prices.input.dollars_per_token() * (prompt - cached) +
         prices.cache_read.value_or(prices.input).dollars_per_token() * cached +
         (prices.cache_write ? prices.cache_write->dollars_per_token() * (prompt - cached) : 0) +
         prices.output.dollars_per_token() * output + prices.request.dollars();
}

// Prices are those of the end, and known up to a minute late: the least of all that may hold.
double least_bill(const config::SimulatedHost& host, double at, double prompt, double cached, double output) {
  constexpr double known_late = 60, longest = 600;
  double least = endless;
  for (std::size_t i = 0; i <= host.price_changes.size(); ++i) {
    const double begins = i == 0 ? -endless : host.price_changes[i - 1].at.count();
    const double ends = i == host.price_changes.size() ? endless : host.price_changes[i].at.count();
    if (ends <= at - known_late || begins > at + longest) continue;
    least = std::min(least,
                     bill(i == 0 ? host.prices : host.price_changes[i - 1].prices, prompt, cached, output));
  }
  for (const config::PriceWindow& window : host.price_windows) {
    least = std::min(least, bill(window.prices, prompt, cached, output));
  }
  return least;
}

// What may be hoped for in a stretch or a later one.
void find_later(std::vector<Stretch>& stretches) {
  // After the end anything may be hoped for.
  Stretch& tail = stretches.back();
  for (const Stretch& each : stretches) {
    tail.ttft = std::min(tail.ttft, each.ttft);
    tail.speed = std::max(tail.speed, each.speed);
  }
  double ttft = endless, speed = 0;
  for (std::size_t k = stretches.size(); k-- > 0;) {
    stretches[k].ttft_later = ttft = std::min(ttft, stretches[k].ttft);
    stretches[k].speed_later = speed = std::max(speed, stretches[k].speed);
  }
}

}  // namespace

Ways::Ways(const Scenario& scenario, SimulatedMarket& market, std::span<const config::TraceRequest> requests,
           Said& said)
    : scenario_(scenario), market_(market), requests_(requests), ways_(requests.size() * hosts()) {
  const double begin = arrived(0), whole = last_arrival() - begin;
  length_ = std::max(shortest_stretch, whole / static_cast<double>(most_stretches));
  const auto count = static_cast<std::size_t>(std::ceil((whole + after_the_last) / length_)) + 2;
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < count; ++i) {
    stretches.push_back({.begin = begin + static_cast<double>(i) * length_, .length = length_});
  }
  stretches_.assign(hosts(), stretches);
  const std::vector<Look> moods = looks();
  for (std::size_t host = 0; host < hosts(); ++host) look_around(host, moods);
  value_requests(said);
}

double Ways::arrived(std::size_t request) const {
  return in_seconds(requests_[request].at);
}

std::size_t Ways::stretch_of(std::size_t request) const {
  return static_cast<std::size_t>((arrived(request) - arrived(0)) / length_);
}

// At the arrivals and a little later, and at even distances; in order of time.
std::vector<Ways::Look> Ways::looks() const {
  std::vector<Look> looks;
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    for (std::size_t m = 0; m < std::size(moments); ++m) looks.push_back({arrived(i) + moments[m], i, m});
  }
  const double between = std::max(1.0, length_ / 16);
  const double end = stretches_.front().back().begin + length_;
  for (double at = arrived(0); at < end; at += between) looks.push_back({.at = at});
  std::ranges::sort(looks, {}, &Look::at);
  return looks;
}

// Between two looks the better one counts.
void Ways::look_around(std::size_t host, const std::vector<Look>& looks) {
  std::vector<Stretch>& stretches = stretches_[host];
  const double begin = stretches.front().begin;
  std::vector<double> last_ttft(requests_.size()), last_speed(requests_.size());
  const auto world = make_world(scenario_.family, scenario_.fleet->hosts[host], scenario_.seed,
                                config::TimePoint{}, scenario_.trace->start);
  for (const Look& look : looks) {
    const auto time = std::chrono::duration_cast<config::Duration>(config::Seconds(look.at));
    const Conditions found = world->at(config::TimePoint{} + time);
    const double ttft = found.outage ? endless : found.ttft, speed = found.outage ? 0 : found.speed;
    if (!look.request) {
      const auto i = static_cast<std::size_t>((look.at - begin) / length_);
      Stretch& stretch = stretches[std::min(i, stretches.size() - 1)];
      stretch.ttft = std::min(stretch.ttft, ttft);
      stretch.speed = std::max(stretch.speed, speed);
      continue;
    }
    Way& way = ways_[*look.request * hosts() + host];
    const double best_ttft = std::min(last_ttft[*look.request], ttft);
    const double best_speed = std::max(last_speed[*look.request], speed);
    if (look.moment == 1) {
      way.ttft = best_ttft;
      way.speed = best_speed;
    } else if (look.moment > 1 && (best_ttft < 0.999 * way.ttft || best_speed > 1.001 * way.speed)) {
      way.wait = std::min(way.wait, moments[look.moment - 1]);
      way.ttft_soon = std::min(way.ttft_soon, best_ttft);
      way.speed_soon = std::max(way.speed_soon, best_speed);
    }
    last_ttft[*look.request] = ttft;
    last_speed[*look.request] = speed;
  }
  find_later(stretches);
}

double Ways::ordinary_cost(const config::TraceRequest& request) const {
  Demand demand;
  demand.prompt = request.prompt;
  std::vector<double> usual;
  for (EndpointIndex host = 0; host < hosts(); ++host) {
    usual.push_back(
        market_.usual_cost(host, demand, static_cast<double>(request.output.count), scenario_.values));
  }
  const auto middle = usual.begin() + static_cast<std::ptrdiff_t>(usual.size() / 2);
  std::ranges::nth_element(usual, middle);
  return *middle;
}

void Ways::value_requests(Said& said) {
  const auto catalogue = market_.catalogue(config::TimePoint{});
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const config::TraceRequest& request = requests_[i];
    fines_.push_back(scenario_.failure_fine * ordinary_cost(request));
    Demand demand;
    demand.prompt = request.prompt;
    demand.max_output = request.max_output;
    std::int64_t* before = request.session == 0 ? nullptr : &said[request.session];
    const auto known = static_cast<double>(
        before ? std::min(*before, std::max<std::int64_t>(0, request.prompt.count - 1)) : 0);
    for (std::size_t host = 0; host < hosts(); ++host) {
      if (!complies(scenario_.values, catalogue->endpoints()[host], demand)) continue;
      value(request, scenario_.fleet->hosts[host], known, fines_.back(), ways_[i * hosts() + host]);
    }
    if (before) *before = std::max(*before, request.prompt.count);
  }
}

void Ways::value(const config::TraceRequest& request, const config::SimulatedHost& host, double said,
                 double fine, Way& way) const {
  const std::int64_t room = room_for_output(
      host, {.prompt = request.prompt, .max_output = request.max_output, .answer = request.output});
  const std::int64_t wished = request.max_output ? request.max_output->count : 1;
  if (room <= 0 || request.prompt.count + wished > host.context.count) return;
  if (host.max_output && wished > host.max_output->count) return;
  const double answer = std::round(static_cast<double>(request.output.count) * host.verbosity);
  const double output = std::min(std::max(1.0, answer), static_cast<double>(room));
  const auto prompt = static_cast<double>(request.prompt.count);
  const double cached = host.prompt_cache ? host.prompt_cache->reliability * said : 0;
  way.dollars = least_bill(host, in_seconds(request.at), prompt, cached, output);
  way.idle = (host.ttft.base.count() + host.ttft.per_1000_prompt.count() * (prompt - cached) / 1000) *
             mean_factor(host.ttft.log_sd);
  way.work = (output - 1) * mean_factor(host.speed.log_sd) / std::max(host.speed.tokens_per_second, 1e-3);
  // Who waits out a stall waits as long as that; who does not pays for failing.
  if (output < 2 || host.mishaps.stall <= 0) return;
  const Policy& values = scenario_.values;
  const double waited =
      host.mishaps.stall_length
          ? std::min(values.value_of_ttft, values.value_of_generation) * host.mishaps.stall_length->count()
          : endless;
  way.dollars += std::min(1.0, host.mishaps.stall) * std::min(waited, fine);
}

}  // namespace routing

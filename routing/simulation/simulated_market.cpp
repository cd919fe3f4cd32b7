#include "routing/simulation/simulated_market.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "routing/decision/cost.hpp"
#include "routing/host_model/drifting_world.hpp"
#include "routing/host_model/regime_world.hpp"

namespace routing {
namespace {

constexpr config::Duration between_price_checks = std::chrono::minutes(1);
constexpr int most_blocks = 2048;

// Mean of a factor that is log-normal with median 1.
double mean_of(double log_sd) {
  return std::exp(log_sd * log_sd / 2);
}

double failing(const config::Mishaps& mishaps) {
  double p = mishaps.cut;
  for (const config::ErrorReply& error : mishaps.errors) p += error.probability;
  return std::min(1.0, p);
}

// The objective of cost.hpp with everything in it known.
double objective(const Policy& values, double price, double ttft, double generation, double p) {
  const double g = price + values.value_of_ttft * ttft + values.value_of_generation * generation;
  return weight_of_success(p) * g + p * values.value_of_ttft * 1.5;
}

double price_of(const config::Prices& prices, double prompt, double cached, double output) {
  return prices.input.dollars_per_token() * (prompt - cached) +
         prices.cache_read.value_or(prices.input).dollars_per_token() * cached +
         (prices.cache_write ? prices.cache_write->dollars_per_token() * (prompt - cached) : 0) +
         prices.output.dollars_per_token() * output + prices.request.dollars();
}

// A demand's blocks begin with one that only its session has.
std::uint64_t session_of(const Demand& demand) {
  return demand.prefix_blocks.empty() ? 0 : demand.prefix_blocks.front();
}

}  // namespace

std::unique_ptr<HostWorld> make_world(WorldFamily family, const config::SimulatedHost& host,
                                      std::uint64_t seed, config::TimePoint start, config::WallTime wall) {
  const std::uint64_t own = mixed(seed, hash_of(host.name.text) + 1);
  if (family == WorldFamily::regimes) return std::make_unique<RegimeWorld>(host, own, start, wall);
  return std::make_unique<DriftingWorld>(host, own, start, wall);
}

SimulatedMarket::SimulatedMarket(const config::Fleet& fleet, WorldFamily family, std::uint64_t seed,
                                 config::TimePoint start, config::WallTime wall)
    : fleet_(fleet), start_(start), wall_(wall), prices_checked_(start) {
  hosts_.reserve(fleet.hosts.size());
  for (const config::SimulatedHost& host : fleet.hosts) {
    const auto model = std::ranges::find(fleet.models, host.model, &config::SimulatedModel::name);
    const config::AnswerLengths lengths =
        model == fleet.models.end() ? config::AnswerLengths{} : model->answers;
    auto world = make_world(family, host, seed, start, wall);
    HostWorld& its_world = *world;
    hosts_.push_back({&host, std::move(world), HostModel(host, lengths, seed, its_world, start)});
    prices_move_ |= !host.price_changes.empty() || !host.price_windows.empty();
  }
  publish(prices_at(start));
}

std::vector<config::Prices> SimulatedMarket::prices_at(config::TimePoint now) const {
  std::vector<config::Prices> prices;
  const config::Seconds elapsed = now - start_;
  const auto wall = minute_of_day(wall_ + std::chrono::duration_cast<config::WallTime::duration>(elapsed));
  for (const Host& host : hosts_) prices.push_back(config::prices_at(*host.settings, elapsed, wall));
  return prices;
}

void SimulatedMarket::publish(std::vector<config::Prices> prices) {
  const std::vector<std::uint16_t> ports(hosts_.size());
  config::Settings settings = config::settings_for(fleet_, ports);
  for (config::ModelSettings& model : settings.models) {
    for (config::EndpointSettings& endpoint : model.endpoints) {
      endpoint.prices = prices[endpoint.provider_index];
    }
  }
  prices_ = std::move(prices);
  catalogue_ = std::make_shared<const Catalogue>(std::move(settings), ++generation_);
}

const std::shared_ptr<const Catalogue>& SimulatedMarket::catalogue(config::TimePoint now) {
  if (!prices_move_ || now - prices_checked_ < between_price_checks) return catalogue_;
  prices_checked_ = now;
  std::vector<config::Prices> prices = prices_at(now);
  const auto differ = [](const config::Prices& a, const config::Prices& b) {
    return a.input != b.input || a.output != b.output || a.cache_read != b.cache_read ||
           a.cache_write != b.cache_write || a.request != b.request;
  };
  for (std::size_t i = 0; i < prices.size(); ++i) {
    if (!differ(prices[i], prices_[i])) continue;
    publish(std::move(prices));
    break;
  }
  return catalogue_;
}

const std::vector<std::uint64_t>& SimulatedMarket::blocks(EndpointIndex host, std::uint64_t session,
                                                          config::Tokens prompt) {
  blocks_.clear();
  const auto& cache = hosts_[host].settings->prompt_cache;
  if (session == 0 || !cache) return blocks_;
  const auto count = std::min<std::int64_t>(prompt.count / std::max(1, cache->block_tokens), most_blocks);
  for (std::int64_t i = 1; i <= count; ++i) {
    blocks_.push_back(mixed(session, static_cast<std::uint64_t>(i * cache->block_tokens)));
  }
  return blocks_;
}

bool SimulatedMarket::would_refuse(Host& host, const Demand& demand, const Conditions& conditions,
                                   config::TimePoint now) {
  if (conditions.outage) return true;
  const std::int64_t asked = demand.max_output ? demand.max_output->count : 1;
  if (demand.prompt.count + asked > host.settings->context.count) return true;
  if (host.settings->max_output && asked > host.settings->max_output->count) return true;
  if (const auto left = host.model.requests_left(now); left && left->remaining < 1) return true;
  if (const auto left = host.model.tokens_left(now);
      left && left->remaining < std::min(left->limit, static_cast<double>(demand.prompt.count))) {
    return true;
  }
  const config::BatchBehaviour& batch = host.settings->batch;
  return host.model.running() >= batch.slots && host.model.waiting() >= batch.queue;
}

double SimulatedMarket::true_cost(EndpointIndex index, const Demand& demand, double output,
                                  const Policy& values, config::TimePoint now) {
  Host& host = hosts_[index];
  const config::SimulatedHost& known = *host.settings;
  const Conditions conditions = host.world->at(now);
  if (would_refuse(host, demand, conditions, now)) return std::numeric_limits<double>::infinity();

  const int slots = std::max(1, known.batch.slots);
  const int beside = std::min(host.model.running(), slots - 1);
  const double occupancy = slots < 2 ? 0 : beside / static_cast<double>(slots - 1);
  const double unlucky = 1 + known.mishaps.straggler * (known.mishaps.straggler_factor - 1);
  const auto prompt = static_cast<double>(demand.prompt.count);
  const std::uint64_t session = session_of(demand);
  double cached = 0;
  if (known.prompt_cache && session != 0) {
    const auto remembered = host.model.remembered(blocks(index, session, demand.prompt), now);
    cached = std::min(static_cast<double>(remembered.count), std::max(0.0, prompt - 1)) *
             known.prompt_cache->reliability;
  }
  const double tokens = output * known.verbosity;
  const double idle = known.ttft.base.count() + known.ttft.per_1000_prompt.count() * (prompt - cached) / 1000;
  double ttft =
      idle * std::exp(known.ttft.load * occupancy) * conditions.ttft * mean_of(known.ttft.log_sd) * unlucky;
  const double pace = std::max(0.02, 1 - known.speed.load * occupancy);
  const double per_token =
      mean_of(known.speed.log_sd) * unlucky / (known.speed.tokens_per_second * conditions.speed * pace);
  const double generation = tokens * per_token;
  if (host.model.running() >= slots) {
    ttft += (host.model.waiting() + 1) * (ttft + generation) / static_cast<double>(slots);
  }
  const double thought = generation * known.reasoning_share;
  return objective(values, price_of(prices_[index], prompt, cached, tokens), ttft + thought,
                   generation - thought, failing(known.mishaps));
}

double SimulatedMarket::usual_cost(EndpointIndex index, const Demand& demand, double output,
                                   const Policy& values) const {
  const config::SimulatedHost& known = *hosts_[index].settings;
  const auto prompt = static_cast<double>(demand.prompt.count);
  const double ttft = known.ttft.base.count() + known.ttft.per_1000_prompt.count() * prompt / 1000;
  return objective(values, price_of(prices_[index], prompt, 0, output), ttft,
                   output / known.speed.tokens_per_second, 0);
}

}  // namespace routing

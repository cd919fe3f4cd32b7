#include "routing/host_model/regime_world.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "routing/host_model/drifting_world.hpp"

namespace routing {
namespace {

enum RegimeDraw : std::uint64_t { regime_length, regime_next, block_length, block_value, outage_share };

struct Regime {
  double mean_length;  // seconds
  double block;        // seconds that a drawn value holds, on average
  double from, to;     // the part of the recorded distribution it draws from
  double speed;
  std::array<double, 4> next;  // chances of the regimes that may follow
};
constexpr std::array<Regime, 4> regimes{{
    {600, 60, 0.02, 0.65, 1.00, {0.00, 0.60, 0.25, 0.15}},  // calm
    {240, 30, 0.35, 0.90, 0.85, {0.65, 0.00, 0.30, 0.05}},  // busy
    {75, 15, 0.80, 0.99, 0.60, {0.45, 0.50, 0.00, 0.05}},   // jammed
    {180, 45, 0.10, 0.80, 0.40, {0.80, 0.15, 0.05, 0.00}},  // slow tokens, usual first token
}};

// ln of recorded over median, at these shares.
constexpr std::array<double, 7> shares{0.01, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99};
constexpr std::array<double, 7> logs{-1.20, -0.8405, -0.4737, 0, 0.4737, 0.8405, 1.8335};

}  // namespace

double recorded_ttft_quantile(double u) {
  const double within = std::clamp(u, shares.front(), shares.back());
  std::size_t i = 1;
  while (i + 1 < shares.size() && within > shares[i]) ++i;
  const double part = (within - shares[i - 1]) / (shares[i] - shares[i - 1]);
  return std::exp(logs[i - 1] + part * (logs[i] - logs[i - 1]));
}

RegimeWorld::RegimeWorld(const config::SimulatedHost& host, std::uint64_t seed, config::TimePoint start,
                         config::WallTime wall)
    : draws_(seed),
      start_(start),
      wall_(wall),
      // The recorded host is as unsteady as one whose drift has a deviation of 0.5.
      strength_(std::clamp(host.drift.ttft_log_sd / 0.5, 0.2, 1.5)),
      busy_hours_(host.busy_hours) {
  if (host.outages) {
    outage_status_ = host.outages->status;
    outages_.emplace(host.outages->when, mixed(seed, outage_share));
  }
  regime_ends_ = regimes[0].mean_length * draws_.exponential(0, regime_length);
  next_block();
}

void RegimeWorld::next_regime() {
  ++regimes_seen_;
  double left = draws_.uniform(regimes_seen_, regime_next);
  const auto& chances = regimes[static_cast<std::size_t>(regime_)].next;
  int next = 0;
  for (int i = 0; i < 4; ++i) {
    if (chances[static_cast<std::size_t>(i)] == 0) continue;
    next = i;
    left -= chances[static_cast<std::size_t>(i)];
    if (left < 0) break;
  }
  regime_ = next;
  regime_ends_ += regimes[static_cast<std::size_t>(regime_)].mean_length *
                  std::max(1e-3, draws_.exponential(regimes_seen_, regime_length));
}

void RegimeWorld::next_block() {
  const Regime& regime = regimes[static_cast<std::size_t>(regime_)];
  ++blocks_seen_;
  const double u = regime.from + (regime.to - regime.from) * draws_.uniform(blocks_seen_, block_value);
  ttft_ = std::pow(recorded_ttft_quantile(u), strength_);
  speed_ = std::pow(regime.speed, strength_);
  block_ends_ += regime.block * std::max(1e-3, draws_.exponential(blocks_seen_, block_length));
}

Conditions RegimeWorld::at(config::TimePoint time) {
  const config::Seconds elapsed = time - start_;
  while (std::min(regime_ends_, block_ends_) <= elapsed.count()) {
    if (regime_ends_ <= block_ends_) {
      block_ends_ = regime_ends_;
      next_regime();
    }
    next_block();
  }
  Conditions conditions{.ttft = ttft_, .speed = speed_};
  const auto now = minute_of_day(wall_ + std::chrono::duration_cast<config::WallTime::duration>(elapsed));
  for (const config::BusyHours& busy : busy_hours_) {
    if (!config::contains(busy.when, now)) continue;
    conditions.ttft *= busy.ttft_factor;
    conditions.speed *= busy.speed_factor;
  }
  if (outages_ && outages_->under_way(elapsed)) conditions.outage = outage_status_;
  return conditions;
}

}  // namespace routing

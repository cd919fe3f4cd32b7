#include "routing/host_model/drifting_world.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace routing {
namespace {

enum Part : std::uint64_t { wander_of_ttft, wander_of_speed, busy_part, outage_part };

// Sixteen points per time constant follow the process closely and cost little.
constexpr double points_per_time_constant = 16;

}  // namespace

Wander::Wander(double sd, config::Seconds time_constant, std::uint64_t seed)
    : sd_(sd),
      grid_(std::max(time_constant / points_per_time_constant, config::Seconds{1e-3})),
      memory_(std::exp(-grid_ / std::max(time_constant, config::Seconds{1e-3}))),
      draws_(seed) {
  left_ = sd_ * draws_.normal(0, 0);
  cell_ = 1;
  right_ = step(left_);
}

double Wander::step(double from) const {
  return memory_ * from + sd_ * std::sqrt(1 - memory_ * memory_) * draws_.normal(cell_, 0);
}

double Wander::at(config::Seconds elapsed) {
  if (sd_ == 0) return 0;
  const double position = std::max(elapsed / grid_, 0.0);
  while (position >= static_cast<double>(cell_)) {
    ++cell_;
    left_ = right_;
    right_ = step(left_);
  }
  const double share = std::max(position - static_cast<double>(cell_ - 1), 0.0);
  return left_ + share * (right_ - left_);
}

DriftingWorld::DriftingWorld(const config::SimulatedHost& host, std::uint64_t seed, config::TimePoint start,
                             config::WallTime wall)
    : start_(start),
      wall_(wall),
      ttft_(host.drift.ttft_log_sd, host.drift.time_constant, mixed(seed, wander_of_ttft)),
      speed_(host.drift.speed_log_sd, host.drift.time_constant, mixed(seed, wander_of_speed)),
      busy_hours_(host.busy_hours),
      busy_settings_(host.busy_episodes) {
  if (busy_settings_) busy_.emplace(busy_settings_->when, mixed(seed, busy_part));
  if (host.outages) {
    outage_status_ = host.outages->status;
    outages_.emplace(host.outages->when, mixed(seed, outage_part));
  }
}

Conditions DriftingWorld::at(config::TimePoint time) {
  const config::Seconds elapsed = time - start_;
  Conditions conditions{.ttft = std::exp(ttft_.at(elapsed)), .speed = std::exp(speed_.at(elapsed))};
  const auto now = minute_of_day(wall_ + std::chrono::duration_cast<config::WallTime::duration>(elapsed));
  for (const config::BusyHours& busy : busy_hours_) {
    if (!config::contains(busy.when, now)) continue;
    conditions.ttft *= busy.ttft_factor;
    conditions.speed *= busy.speed_factor;
  }
  if (busy_ && busy_->under_way(elapsed)) {
    conditions.ttft *= busy_settings_->ttft_factor;
    conditions.speed *= busy_settings_->speed_factor;
  }
  if (outages_ && outages_->under_way(elapsed)) conditions.outage = outage_status_;
  return conditions;
}

config::MinuteOfDay minute_of_day(config::WallTime time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  return {static_cast<int>(std::chrono::floor<std::chrono::minutes>(time - midnight).count())};
}

}  // namespace routing

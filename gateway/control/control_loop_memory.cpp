// What the control loop keeps of what it learned, over a restart and for another process that takes over.
#include <algorithm>
#include <utility>

#include "gateway/control/control_loop.hpp"

namespace gateway {
namespace {

// How far the clock may have been set back between two runs.
constexpr auto most_clocks_differ = std::chrono::minutes(1);

}  // namespace

std::string ControlLoop::keep_market(MarketFile& file) {
  market_file_ = &file;
  const std::optional<KeptMemory> kept = file.read();
  std::string told;
  const auto age = kept ? wall_() - kept->taken : config::WallTime::duration{};
  if (kept && age < -most_clocks_differ) {
    told = "what the market knew is not taken up: it is from the future";
  } else if (kept) {
    const config::Duration passed = std::max(config::Duration{}, config::Duration(age));
    const std::size_t of = market_.recall(kept->memory, passed, config::Clock::now());
    published_ = market_.snapshot(config::Clock::now());
    shadows_.keep(published_);
    generation_->budgets.recall(kept->memory.budgets, today());
    shadows_.recall(kept->memory.shadows, config::Clock::now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(passed).count();
    told = "what the market knew " + std::to_string(seconds) + " s ago of " + std::to_string(of) + " of " +
           std::to_string(generation_->catalogue->endpoints().size()) + " endpoints is taken up";
  }
  file.open();
  keeping_market_.begin(between_keepings, [this] { keep_market_now(); });
  return told;
}

void ControlLoop::keep_market_now() {
  if (!market_file_ || !std::exchange(learned_since_kept_, false)) return;
  routing::MarketMemory memory = market_.memory(config::Clock::now());
  memory.budgets = generation_->budgets.memory();
  memory.shadows = shadows_.memory();
  market_file_->keep(std::move(memory), wall_());
}

void ControlLoop::give_up_state() {
  is_given_up_ = true;
  keep_market_now();
  keep_regrets_now();
  market_file_ = nullptr;
}

void ControlLoop::take_state_back(MarketFile* file) {
  market_file_ = file;
  if (market_file_) market_file_->open();
  learned_since_kept_ = true;
  is_given_up_ = false;
}

}  // namespace gateway

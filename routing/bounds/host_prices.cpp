#include "routing/bounds/host_prices.hpp"

#include <cmath>

namespace routing {

HostPrices::HostPrices(const config::SimulatedHost& host, const Policy& values,
                       std::vector<Stretch> stretches, double last_arrival)
    : host_(host),
      value_of_ttft_(values.value_of_ttft),
      value_of_work_(host.reasoning_share * values.value_of_ttft +
                     (1 - host.reasoning_share) * values.value_of_generation),
      slots_(std::max(1, host.batch.slots)),
      begin_(stretches.front().begin),
      last_arrival_(last_arrival),
      stretches_(std::move(stretches)) {
  if (slots_ > 1) crowding_ = host.speed.load / (slots_ - 1);
}

double HostPrices::prefill_price(std::size_t stretch, double seconds) const {
  double least = stretches_[stretch].prefill_price;
  double reached = 0;
  for (std::size_t k = stretch + 1; k < stretches_.size() && reached < seconds; ++k) {
    least = std::min(least, stretches_[k].prefill_price);
    reached += stretches_[k].length;
  }
  return least;
}

void HostPrices::begin(double own_share) {
  first_ = (1 - own_share) * value_of_ttft_;
  rest_ = (1 - own_share) * value_of_work_;
  slot_price_ = mean_prefill_ = mean_work_ = 0;
}

// What a second more of either costs everybody there. After the last arrival prices fall as fast as waiting
// for that is worth.
void HostPrices::set_steady(int round) {
  const double x = mean_prefill_, d = mean_work_;
  // How many generate so that `d` seconds of work are done in a second.
  double running = d;
  for (int i = 0; i < 20; ++i) running = std::min(d / std::max(0.05, pace(x + running)), slots_);
  const double a = x + running > 1 ? crowding_ : 0;
  const double slope = 1 / std::max(0.1, 1 - a * (x + 2 * running - 1));
  if (round > 0) {
    // Slots have a price while more of them are asked for than there are.
    const double step = 1 / (1 + round / 4.0);
    const double beyond = (prefill_ + work_ / pace(slots_) - slots_) / slots_;
    slot_price_ = std::max(0.0, slot_price_ + step * value_of_work_ * std::clamp(2 * beyond, -2.0, 2.0));
  }
  const double work = (rest_ + slot_price_) * slope;
  const double prefill = first_ + slot_price_ + (rest_ + slot_price_) * a * running * slope;
  for (Stretch& stretch : stretches_) {
    const double fall = std::max(0.0, stretch.begin - last_arrival_) * value_of_ttft_ / each_;
    stretch.work_price = std::max(rest_, work - fall);
    stretch.prefill_price = std::max(first_, prefill - fall);
  }
  // The last one has no end: it must have nothing to gain.
  stretches_.back().prefill_price = first_;
  stretches_.back().work_price = rest_;
  find_least_prices();
}

void HostPrices::move(int round) {
  const double step = 0.2 / (1 + round / 5.0);
  const double whole = std::max(1.0, slots_ / 4);
  for (std::size_t k = 0; k + 1 < stretches_.size(); ++k) {
    Stretch& stretch = stretches_[k];
    const Offer offer = best_offer(stretch);
    const auto moved = [&](double price, double asked, double offered) {
      return price * std::exp(step * std::clamp((asked / stretch.length - offered) / whole, -1.0, 1.0));
    };
    stretch.work_price = std::max(rest_, moved(stretch.work_price, stretch.work, offer.work));
    stretch.prefill_price = std::max(first_, moved(stretch.prefill_price, stretch.prefill, offer.prefill));
  }
  find_least_prices();
}

void HostPrices::find_least_prices() {
  double prefill = endless, work = endless;
  for (std::size_t k = stretches_.size(); k-- > 0;) {
    Stretch& stretch = stretches_[k];
    stretch.least_prefill_price = prefill = std::min(prefill, stretch.prefill_price);
    stretch.least_work_price = work = std::min(work, stretch.work_price);
  }
}

void HostPrices::begin_round() {
  prefill_ = work_ = taken_ = 0;
  for (Stretch& stretch : stretches_) stretch.prefill = stretch.work = 0;
}

void HostPrices::take(std::size_t prefill_at, double prefill, std::size_t work_at, double work) {
  stretches_[prefill_at].prefill += prefill;
  stretches_[work_at].work += work;
  prefill_ += prefill;
  work_ += work;
  taken_ += 1;
}

void HostPrices::end_round(int round) {
  if (taken_ > 0) each_ = std::max(1e-3, (prefill_ + work_) / taken_);
  const double whole = std::max(stretches_.front().length, last_arrival_ - begin_);
  prefill_ /= whole;
  work_ /= whole;
  mean_prefill_ += (prefill_ - mean_prefill_) / (1 + round);
  mean_work_ += (work_ - mean_work_) / (1 + round);
}

HostPrices::Offer HostPrices::best_offer(const Stretch& stretch) const {
  Offer best;
  if (stretch.prefill_price > first_) {
    best = {.surplus = slots_ * (first_ - stretch.prefill_price), .prefill = slots_};
  }
  double running = slots_;
  if (crowding_ > 0 && stretch.work_price > 0) {
    running = (stretch.work_price * (1 + crowding_) - rest_) / (2 * crowding_ * stretch.work_price);
  }
  for (double each : {std::floor(running), std::ceil(running), 1.0, slots_}) {
    each = std::clamp(each, 0.0, slots_);
    const double work = each * pace(each);
    const double surplus = rest_ * each - stretch.work_price * work;
    if (surplus < best.surplus) best = {.surplus = surplus, .work = work};
  }
  return best;
}

double HostPrices::surplus() const {
  double sum = 0;
  for (std::size_t k = 0; k + 1 < stretches_.size(); ++k) {
    sum += stretches_[k].length * best_offer(stretches_[k]).surplus;
  }
  return sum;
}

}  // namespace routing

#include "routing/windows/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace routing {
namespace {

// The histogram's range is 0.001..600; rates of 0.1..60,000 tok/s fit when counted in hundreds.
constexpr double rate_unit = 100;

double seconds(config::Duration duration) {
  return config::Seconds(duration).count();
}

Percentiles scaled(Percentiles p, double factor) {
  return {p.p50 * factor, p.p75 * factor, p.p90 * factor, p.p95 * factor, p.p99 * factor};
}

// Only the longest gap is known by itself; the others share what remains of the time.
void observe_gaps(Window& window, const Attempt& attempt, config::TimePoint now) {
  if (attempt.deltas < 2 || !attempt.worst_gap || !attempt.first_delta || !attempt.finished) return;
  window.add(seconds(*attempt.worst_gap), 1, now);
  if (attempt.deltas < 3) return;
  // So that one endless reply does not outweigh all others.
  constexpr std::uint32_t most = 10'000;
  const double rest = seconds(*attempt.finished - *attempt.first_delta - *attempt.worst_gap);
  window.add(std::max(0.0, rest) / (attempt.deltas - 2), std::min(most, attempt.deltas - 2), now);
}

}  // namespace

void Measures::Set::observe(const Attempt& attempt, config::TimePoint now) {
  if (const auto first = attempt.first_visible ? attempt.first_visible : attempt.first_delta) {
    ttft.add(seconds(*first), 1, now);
  }
  observe_gaps(gap, attempt, now);
  if (attempt.failure || !attempt.finished) return;
  total.add(seconds(*attempt.finished), 1, now);
  if (attempt.usage && attempt.usage->output.count > 0 && attempt.finished->count() > 0) {
    throughput.add(static_cast<double>(attempt.usage->output.count) / seconds(*attempt.finished) / rate_unit,
                   1, now);
  }
}

Window::Passed Measures::Set::pass(config::TimePoint now) {
  Window::Passed passed = Window::Passed::unchanged;
  for (Window* window : {&ttft, &throughput, &gap, &total}) {
    if (window->pass(now) == Window::Passed::changed) passed = Window::Passed::changed;
  }
  return passed;
}

Measured Measures::Set::measured() const {
  Measured result;
  result.ttft = ttft.histogram().percentiles();
  result.throughput = scaled(throughput.histogram().percentiles_from_above(), rate_unit);
  result.gap = gap.histogram().percentiles();
  result.total = total.histogram().percentiles();
  result.samples = static_cast<double>(total.histogram().total());
  return result;
}

void Measures::observe(const Attempt& attempt, config::TimePoint now) {
  recent_.observe(attempt, now);
  long_.observe(attempt, now);
  uptime_.count(counted_for_uptime(attempt), now);
  since_ = Window::Passed::changed;
}

Window::Passed Measures::pass(config::TimePoint now) {
  const Window::Passed recent = recent_.pass(now);
  const Window::Passed slow = long_.pass(now);
  const auto uptimes = [this] {
    return std::array{static_cast<double>(uptime_.requests()), uptime_.share_of_five_minutes(),
                      uptime_.share_of_day()};
  };
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  const auto counted = uptimes();
  uptime_.pass(now);
  const bool aged = recent == Window::Passed::changed || slow == Window::Passed::changed ||
                    !std::ranges::equal(uptimes(), counted, same);
  return std::exchange(since_, Window::Passed::unchanged) == Window::Passed::changed || aged
             ? Window::Passed::changed
             : Window::Passed::unchanged;
}

Measured Measures::five_minutes() const {
  return with_uptimes(recent_.measured());
}

Measured Measures::half_hour() const {
  return with_uptimes(long_.measured());
}

Measured Measures::with_uptimes(Measured measured) const {
  measured.uptime = uptime_.share();
  measured.uptime_five_minutes = uptime_.share_of_five_minutes();
  measured.uptime_day = uptime_.share_of_day();
  return measured;
}

}  // namespace routing

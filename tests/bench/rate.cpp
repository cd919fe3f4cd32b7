#include "bench/rate.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <vector>

#include "bench/client.hpp"
#include "bench/samples.hpp"

namespace bench {
namespace {

constexpr std::array<double, 4> limits_ms = {1, 5, 10, 50};
constexpr std::size_t most_connections = 1'024;

// Requests at one rate to one target.
class Arrivals {
 public:
  Arrivals(Loop& loop, const Target& target, const Ask& ask, double rate, double seconds)
      : loop_(loop),
        target_(target),
        ask_(ask),
        gap_(rate / 1e9),
        serial_(static_cast<std::uint64_t>(now())) {
    due_ = now() + 50'000'000;
    end_ = due_ + static_cast<Nanoseconds>(seconds * 1e9);
    loop_.at(due_, [this] { arrive(); });
  }

  Samples took;
  int failures = 0;

 private:
  class Slot final : public Listener {
   public:
    Slot(Arrivals& arrivals, std::uint64_t serial) : arrivals_(arrivals) {
      client_ = std::make_unique<Client>(arrivals.loop_, arrivals.target_, *this, serial);
    }
    void ask(Nanoseconds due, std::string text) {
      due_ = due;
      client_->send(std::move(text));
    }

   private:
    void body(std::string_view, Nanoseconds) override {}
    void finished(int status, Nanoseconds time) override {
      if (status != 200) ++arrivals_.failures;
      arrivals_.took.add(time - due_);
      arrivals_.idle_.push_back(this);
      arrivals_.ended();
    }
    void failed(const std::string&) override {
      ++arrivals_.failures;
      arrivals_.ended();
    }

    Arrivals& arrivals_;
    std::unique_ptr<Client> client_;
    Nanoseconds due_ = 0;
  };

  void arrive() {
    // Several are due at once when the machine fell behind: none is left out.
    while (due_ <= now() && due_ < end_) {
      start(due_);
      due_ += static_cast<Nanoseconds>(gap_(random_));
    }
    if (due_ < end_) {
      loop_.at(due_, [this] { arrive(); });
    } else {
      last_started_ = true;
      // What has not been answered by then was not in time by any limit.
      loop_.at(now() + 1'000'000'000, [this] { loop_.stop(); });
    }
  }

  void start(Nanoseconds due) {
    if (idle_.empty()) {
      if (slots_.size() == most_connections) {
        ++failures;
        return;
      }
      slots_.push_back(std::make_unique<Slot>(*this, slots_.size()));
      idle_.push_back(slots_.back().get());
    }
    Slot* slot = idle_.back();
    idle_.pop_back();
    ++under_way_;
    slot->ask(due, request(target_, ask_, ++serial_));
  }

  void ended() {
    if (--under_way_ == 0 && last_started_) loop_.stop();
  }

  Loop& loop_;
  const Target& target_;
  const Ask& ask_;
  std::mt19937_64 random_{1};  // the same arrivals for every target
  std::exponential_distribution<double> gap_;
  std::uint64_t serial_;
  Nanoseconds due_ = 0;
  Nanoseconds end_ = 0;
  int under_way_ = 0;
  bool last_started_ = false;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> idle_;
};

struct Reached {
  std::array<double, limits_ms.size()> rate{};
  bool ended = false;
};

// The index of the first limit that the step kept to, and so all after it; limits_ms.size() for none.
std::size_t step(const Target& target, const Ask& ask, double rate, double seconds) {
  Loop loop;
  Arrivals arrivals(loop, target, ask, rate, seconds);
  loop.run();
  const double p99 = arrivals.took.quantile(0.99) / 1'000;
  std::fprintf(stderr, "  %-8s %7.0f/s  p50 %.2f ms  p99 %.2f ms  failed %d\n", target.name.c_str(), rate,
               arrivals.took.quantile(0.5) / 1'000, p99, arrivals.failures);
  const bool whole =
      arrivals.failures == 0 && static_cast<double>(arrivals.took.count()) > 0.95 * rate * seconds;
  if (!whole) return limits_ms.size();
  return static_cast<std::size_t>(
      std::find_if(limits_ms.begin(), limits_ms.end(), [&](double limit) { return p99 <= limit; }) -
      limits_ms.begin());
}

void raise(const Target& target, const Ask& ask, double rate, double seconds, Reached& reached) {
  // A second try, since a hiccup of the machine is not the target's limit.
  std::size_t kept = step(target, ask, rate, seconds);
  if (kept > 0) kept = std::min(kept, step(target, ask, rate, seconds));
  for (std::size_t i = kept; i < limits_ms.size(); ++i) reached.rate[i] = rate;
  reached.ended = kept == limits_ms.size();
}

}  // namespace

int measure_rate(std::span<const Target> targets, const Ask& ask, const RateSweep& sweep) {
  std::vector<Reached> reached(targets.size());
  bool going_on = true;
  for (double rate = sweep.first; going_on; rate *= sweep.factor) {
    going_on = false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (reached[i].ended) continue;
      raise(targets[i], ask, rate, sweep.seconds, reached[i]);
      going_on = true;
    }
  }
  std::printf("requests per second with p99 within the limit, open loop, body %d bytes\n", ask.prompt_bytes);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    std::printf("  %-8s", targets[i].name.c_str());
    for (std::size_t k = 0; k < limits_ms.size(); ++k)
      std::printf("  %2.0f ms: %6.0f", limits_ms[k], reached[i].rate[k]);
    std::printf("\n");
  }
  return 0;
}

}  // namespace bench

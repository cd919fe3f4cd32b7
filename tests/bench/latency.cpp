#include "bench/latency.hpp"

#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "bench/client.hpp"
#include "bench/samples.hpp"

namespace bench {
namespace {

// One connection with one request at a time.
class Probe final : public Listener {
 public:
  Probe(Loop& loop, const Target& target) : loop_(loop), target_(target), client_(loop, target, *this, 0) {}

  // Nothing when the request failed.
  std::optional<Nanoseconds> ask(const Ask& ask, std::uint64_t serial) {
    std::string text = request(target_, ask, serial);
    answered_ = std::nullopt;
    const Nanoseconds begin = now();
    client_.send(std::move(text));
    loop_.run();
    if (!answered_) return std::nullopt;
    return *answered_ - begin;
  }

 private:
  void body(std::string_view, Nanoseconds) override {}
  void finished(int status, Nanoseconds time) override {
    if (status == 200) answered_ = time;
    loop_.stop();
  }
  void failed(const std::string& why) override {
    std::fprintf(stderr, "%s: %s\n", target_.name.c_str(), why.c_str());
    loop_.stop();
  }

  Loop& loop_;
  const Target& target_;
  Client client_;
  std::optional<Nanoseconds> answered_;
};

}  // namespace

int measure_latency(std::span<const Target> targets, const Ask& ask, int rounds) {
  constexpr int warm_up = 200;
  Loop loop;
  std::vector<std::unique_ptr<Probe>> probes;
  for (const Target& target : targets) probes.push_back(std::make_unique<Probe>(loop, target));

  std::vector<Samples> took(targets.size());
  std::vector<Samples> added(targets.size());
  std::uint64_t serial = static_cast<std::uint64_t>(now());
  for (int round = 0; round < warm_up + rounds; ++round) {
    Nanoseconds first = 0;
    for (std::size_t i = 0; i < probes.size(); ++i) {
      const auto time = probes[i]->ask(ask, ++serial);
      if (!time) return 1;
      if (i == 0) first = *time;
      if (round < warm_up) continue;
      took[i].add(*time);
      added[i].add(*time - first);
    }
  }

  std::printf("latency at concurrency 1, %d requests each, body %d bytes, paired with %s\n", rounds,
              ask.prompt_bytes, targets[0].name.c_str());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    std::printf("  %-8s p50 %7.1f us  p99 %7.1f us", targets[i].name.c_str(), took[i].quantile(0.5),
                took[i].quantile(0.99));
    if (i > 0)
      std::printf("   added p50 %7.1f us  p99 %7.1f us", added[i].quantile(0.5), added[i].quantile(0.99));
    std::printf("\n");
  }
  return 0;
}

}  // namespace bench

#include "bench/hold.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include "bench/client.hpp"
#include "bench/event_reader.hpp"
#include "bench/process_memory.hpp"
#include "bench/samples.hpp"

namespace bench {
namespace {

constexpr Nanoseconds second = 1'000'000'000;

class HeldStream final : public Listener {
 public:
  HeldStream(Loop& loop, const Target& target, const Ask& ask, std::uint64_t serial)
      : began(now()), client_(loop, target, *this, serial) {
    client_.send(request(target, ask, serial));
  }

  Nanoseconds began;
  Nanoseconds first = 0;
  int got = 0;
  bool over = false;  // before it should be
  std::string why;

 private:
  void body(std::string_view piece, Nanoseconds time) override {
    events_.take(piece, [&](Nanoseconds) {
      if (got++ == 0) first = time;
    });
  }
  void finished(int status, Nanoseconds) override {
    over = true;
    why = "ended with status " + std::to_string(status);
  }
  void failed(const std::string& reason) override {
    over = true;
    why = reason;
  }

  Client client_;
  EventReader events_;
};

struct Wave {
  int failed = 0;
  int late = 0;  // streams with fewer events than were due a second before the count
  Samples until_first;
  ProcessMemory under_load;
};

void run_until(Loop& loop, Nanoseconds time) {
  loop.at(time, [&loop] { loop.stop(); });
  loop.run();
}

int due(const HeldStream& stream, const Ask& ask, Nanoseconds time) {
  return 1 + static_cast<int>((time - stream.first - second) / (ask.interval_ms * Nanoseconds{1'000'000}));
}

Wave hold_wave(Loop& loop, const Target& target, const Ask& ask, const HoldLoad& load, pid_t pid) {
  std::vector<std::unique_ptr<HeldStream>> streams;
  const Nanoseconds begin = now();
  for (int i = 0; i < load.streams; ++i) {
    loop.at(begin + second * i / load.open_rate, [&, i] {
      const auto serial = static_cast<std::uint64_t>(begin + i);
      streams.push_back(std::make_unique<HeldStream>(loop, target, ask, serial));
    });
  }
  run_until(loop, begin + second * load.streams / load.open_rate + second * load.seconds);

  Wave wave;
  wave.under_load = memory_of(pid);
  const Nanoseconds time = now();
  for (const auto& stream : streams) {
    if (stream->over && ++wave.failed == 1) std::fprintf(stderr, "first failure: %s\n", stream->why.c_str());
    if (stream->got == 0 || stream->got < due(*stream, ask, time)) ++wave.late;
    if (stream->got > 0) wave.until_first.add(stream->first - stream->began);
  }
  return wave;
}

// The proxy has noticed that everybody left when its descriptors are back, give or take a pool's worth.
ProcessMemory after_wave(Loop& loop, pid_t pid, const ProcessMemory& idle) {
  for (int i = 0; i < 100; ++i) {
    run_until(loop, now() + second / 10);
    if (memory_of(pid).descriptors <= idle.descriptors + 64) break;
  }
  // An allocator gives memory back some seconds after it was freed.
  run_until(loop, now() + 8 * second);
  return memory_of(pid);
}

}  // namespace

int measure_hold(const Target& target, const Ask& wanted, const HoldLoad& load, pid_t pid) {
  if (raise_file_limit() < static_cast<std::uint64_t>(load.streams) + 100) {
    throw std::runtime_error("the limit on open files is too low for that many streams");
  }
  Ask ask = wanted;
  ask.interval_ms = 5'000;
  ask.events = 10 + (load.streams / load.open_rate + load.seconds) / 5;

  Loop loop;
  const ProcessMemory idle = memory_of(pid);
  std::printf("%d streams held open at %s, an event each 5 s\n", load.streams, target.name.c_str());
  std::printf("  idle        RSS %7.1f MiB  descriptors %zu\n", idle.resident_kib / 1024, idle.descriptors);
  bool good = true;
  for (int i = 1; i <= load.waves; ++i) {
    Wave wave = hold_wave(loop, target, ask, load, pid);
    const double each = (wave.under_load.anonymous_kib - idle.anonymous_kib) / load.streams;
    std::printf(
        "  wave %d      RSS %7.1f MiB  descriptors %zu  %.1f KiB of user memory each  TTFT p99 %.1f ms  "
        "failed %d  late %d\n",
        i, wave.under_load.resident_kib / 1024, wave.under_load.descriptors, each,
        wave.until_first.quantile(0.99) / 1000, wave.failed, wave.late);
    const ProcessMemory after = after_wave(loop, pid, idle);
    std::printf("  8 s after   RSS %7.1f MiB  descriptors %zu\n", after.resident_kib / 1024,
                after.descriptors);
    good = good && wave.failed == 0 && wave.late == 0 && each <= load.limit_kib;
  }
  return good ? 0 : 1;
}

}  // namespace bench

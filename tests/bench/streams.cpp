#include "bench/streams.hpp"

#include <cstdio>
#include <memory>
#include <vector>

#include "bench/client.hpp"
#include "bench/event_reader.hpp"
#include "bench/samples.hpp"

namespace bench {
namespace {

constexpr Nanoseconds millisecond = 1'000'000;

struct Turn {
  Samples first;  // from the request due to the first event
  Samples delay;  // from an event sent to the event read
  int streams = 0;
  int stalled = 0;
  int broken = 0;  // failed, or events missing
};

// A client that asks for one stream after another until the turn is over.
class Reader final : public Listener {
 public:
  Reader(Loop& loop, const Target& target, const Ask& ask, Nanoseconds end, int& live, Turn& turn,
         std::uint64_t serial)
      : loop_(loop), target_(target), ask_(ask), end_(end), live_(live), turn_(turn), serial_(serial) {
    connect();
  }

  void start() {
    begin_ = now();
    last_ = begin_;
    got_ = 0;
    stalled_ = false;
    client_->send(request(target_, ask_, serial_ += 1'000'000));
  }

 private:
  void connect() { client_ = std::make_unique<Client>(loop_, target_, *this, serial_); }

  void body(std::string_view piece, Nanoseconds time) override {
    events_.take(piece, [&](Nanoseconds sent) {
      if (got_++ == 0) turn_.first.add(time - begin_);
      turn_.delay.add(time - sent);
      stalled_ = stalled_ || time - last_ > 10 * ask_.interval_ms * millisecond;
      last_ = time;
    });
  }

  void finished(int status, Nanoseconds) override {
    ++turn_.streams;
    if (status != 200 || got_ != ask_.events) ++turn_.broken;
    if (stalled_) ++turn_.stalled;
    next();
  }

  void failed(const std::string& why) override {
    ++turn_.streams;
    if (++turn_.broken == 1) std::fprintf(stderr, "%s: %s\n", target_.name.c_str(), why.c_str());
    loop_.at(now() + 10 * millisecond, [this] {
      connect();
      next();
    });
  }

  void next() {
    if (now() < end_) {
      start();
    } else if (--live_ == 0) {
      loop_.stop();
    }
  }

  Loop& loop_;
  const Target& target_;
  const Ask& ask_;
  Nanoseconds end_;
  int& live_;
  Turn& turn_;
  std::uint64_t serial_;
  std::unique_ptr<Client> client_;
  EventReader events_;
  Nanoseconds begin_ = 0;
  Nanoseconds last_ = 0;
  int got_ = 0;
  bool stalled_ = false;
};

Turn take_turn(const Target& target, const Ask& ask, const StreamLoad& load) {
  Turn turn;
  Loop loop;
  int live = load.concurrent;
  const Nanoseconds begin = now() + 100 * millisecond;
  const Nanoseconds end = begin + static_cast<Nanoseconds>(load.seconds * 1e9);
  // Starts are spread over the length of a stream, as independent users would be.
  const Nanoseconds length = ask.events * ask.interval_ms * millisecond;
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < load.concurrent; ++i) {
    const auto serial = static_cast<std::uint64_t>(now());
    readers.push_back(std::make_unique<Reader>(loop, target, ask, end, live, turn, serial));
    loop.at(begin + length * i / load.concurrent, [reader = readers.back().get()] { reader->start(); });
  }
  loop.at(end + 10 * length, [&] { loop.stop(); });
  loop.run();
  turn.broken += live;  // those that never ended
  return turn;
}

struct Figures {
  std::vector<double> first50, first99, delay50, delay99;
  int streams = 0, stalled = 0, broken = 0;

  void add(Turn turn) {
    first50.push_back(turn.first.quantile(0.5));
    first99.push_back(turn.first.quantile(0.99));
    delay50.push_back(turn.delay.quantile(0.5));
    delay99.push_back(turn.delay.quantile(0.99));
    streams += turn.streams;
    stalled += turn.stalled;
    broken += turn.broken;
  }
};

double added(const std::vector<double>& ours, const std::vector<double>& direct) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < ours.size(); ++i) differences.push_back(ours[i] - direct[i]);
  return median(differences);
}

}  // namespace

int measure_streams(std::span<const Target> targets, const Ask& ask, const StreamLoad& load) {
  std::vector<Figures> figures(targets.size());
  for (int round = 0; round < load.rounds; ++round) {
    for (std::size_t i = 0; i < targets.size(); ++i) figures[i].add(take_turn(targets[i], ask, load));
  }
  std::printf("%d streams of %d events x %d ms, %d turns of %.0f s each, medians of the turns\n",
              load.concurrent, ask.events, ask.interval_ms, load.rounds, load.seconds);
  // What stalls without a proxy stalls because of the machine, and says nothing about the others.
  const bool able = figures[0].stalled == 0;
  if (!able) std::printf("  streams stalled at %s, too: this machine is too busy\n", targets[0].name.c_str());
  bool sustained = true;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Figures& f = figures[i];
    std::printf(
        "  %-8s TTFT p50 %6.0f p99 %6.0f us   event delay p50 %5.0f p99 %5.0f us   streams %d, stalled %d, "
        "broken %d\n",
        targets[i].name.c_str(), median(f.first50), median(f.first99), median(f.delay50), median(f.delay99),
        f.streams, f.stalled, f.broken);
    if (i > 0) {
      std::printf("  %-8s added to %s: TTFT p99 %.0f us   event delay p99 %.0f us\n", "",
                  targets[0].name.c_str(), added(f.first99, figures[0].first99),
                  added(f.delay99, figures[0].delay99));
    }
    sustained = sustained && (f.stalled == 0 || !able) && f.broken * 1'000 < f.streams;
  }
  return sustained ? 0 : 1;
}

}  // namespace bench

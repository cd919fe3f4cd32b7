#include "routing/windows/measures.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace std::chrono_literals;
using namespace routing;

namespace {

const config::TimePoint start = config::TimePoint{} + 1h;

Attempt reply(config::Duration first, config::Duration total, std::int64_t tokens) {
  return {
      .first_delta = first, .first_visible = first, .finished = total, .usage = Usage{.output = {tokens}}};
}

Attempt failure(FailureKind kind, int status) {
  return {.failure = Failure{.kind = kind, .status = status}};
}

}  // namespace

TEST_CASE("a bucket's value is within 2.5 % of every value in it, from a millisecond to ten minutes") {
  for (double value = 0.001; value <= 600; value *= 1.007) {
    CAPTURE(value);
    CHECK(std::abs(Histogram::value_of(Histogram::bucket_of(value)) / value - 1) < 0.0251);
  }
  CHECK(Histogram::bucket_of(0) == 0);
  CHECK(Histogram::bucket_of(-1) == 0);
  CHECK(Histogram::bucket_of(std::nan("")) == 0);
  CHECK(Histogram::bucket_of(1e300) == Histogram::buckets - 1);
}

TEST_CASE("percentiles of an empty histogram are unknown, of one value that value") {
  Histogram histogram;
  CHECK(std::isnan(histogram.percentiles().p50));
  histogram.add(Histogram::bucket_of(2), 1);
  CHECK(histogram.percentiles().p50 == support::close(2, 0.025));
  CHECK(histogram.percentiles().p99 == support::close(2, 0.025));
}

TEST_CASE("percentiles follow the values, and merged histograms give those of all values together") {
  Histogram low, high;
  for (int i = 1; i <= 500; ++i) low.add(Histogram::bucket_of(i * 0.01), 1);
  for (int i = 501; i <= 1'000; ++i) high.add(Histogram::bucket_of(i * 0.01), 1);
  low.merge(high);
  CHECK(low.total() == 1'000);
  const Percentiles p = low.percentiles();
  CHECK(p.p50 == support::close(5.0, 0.03));
  CHECK(p.p90 == support::close(9.0, 0.03));
  CHECK(p.p99 == support::close(9.9, 0.03));
  CHECK(low.percentiles_from_above().p90 == support::close(1.0, 0.03));
}

TEST_CASE("a window forgets what is older than its thirty slots, and only that") {
  Window window(10s);
  window.add(1, 1, start);
  window.add(2, 3, start + 100s);
  window.pass(start + 290s);
  CHECK(window.histogram().total() == 4);
  window.pass(start + 300s);
  CHECK(window.histogram().total() == 3);
  window.pass(start + 24h);
  CHECK(window.histogram().total() == 0);
  CHECK(std::isnan(window.histogram().percentiles().p50));
}

TEST_CASE("time to first token, speed and total of replies are measured for five and for thirty minutes") {
  Measures measures;
  for (int i = 0; i < 10; ++i) measures.observe(reply(2s, 12s, 120), start);
  measures.pass(start + 4min);
  CHECK(measures.five_minutes().samples == 10);
  CHECK(measures.five_minutes().ttft.p50 == support::close(2, 0.03));
  CHECK(measures.five_minutes().throughput.p90 == support::close(10, 0.03));
  CHECK(measures.five_minutes().total.p99 == support::close(12, 0.03));
  measures.pass(start + 6min);
  CHECK(measures.five_minutes().samples == 0);
  CHECK(measures.half_hour().samples == 10);
  measures.pass(start + 31min);
  CHECK(measures.half_hour().samples == 0);
}

TEST_CASE("the users' time to first token ends with the first visible one") {
  Measures measures;
  Attempt thinking = reply(1s, 60s, 900);
  thinking.first_visible = 40s;
  measures.observe(thinking, start);
  CHECK(measures.five_minutes().ttft.p50 == support::close(40, 0.03));
}

TEST_CASE("gaps between deltas: the worst one counts once, the others share the rest of the time") {
  Measures measures;
  Attempt stream = reply(1s, 13s, 102);
  stream.deltas = 102;
  stream.worst_gap = 2s;
  measures.observe(stream, start);
  CHECK(measures.five_minutes().gap.p50 == support::close(0.1, 0.03));
  CHECK(measures.five_minutes().gap.p95 == support::close(0.1, 0.03));
  for (int i = 0; i < 3; ++i) {
    stream.deltas = 12;
    measures.observe(stream, start);
  }
  CHECK(measures.five_minutes().gap.p99 == support::close(2, 0.03));
}

TEST_CASE("uptime counts as OpenRouter publishes it") {
  struct Case {
    const char* what;
    Attempt attempt;
    Counted counted;
  };
  const Case cases[] = {
      {"a reply", reply(1s, 2s, 3), Counted::success},
      {"401", failure(FailureKind::credential, 401), Counted::failure},
      {"402", failure(FailureKind::credential, 402), Counted::failure},
      {"403", failure(FailureKind::credential, 403), Counted::neither},
      {"404", failure(FailureKind::missing_model, 404), Counted::failure},
      {"500", failure(FailureKind::server_error, 500), Counted::failure},
      {"503", failure(FailureKind::overloaded, 503), Counted::failure},
      {"a stream that breaks", failure(FailureKind::broken_stream, 200), Counted::failure},
      {"an error in a reply of 200", failure(FailureKind::error_in_reply, 200), Counted::failure},
      {"no reply", failure(FailureKind::connect, 0), Counted::failure},
      {"400", failure(FailureKind::rejected, 400), Counted::neither},
      {"413", failure(FailureKind::rejected, 413), Counted::neither},
      {"a prompt that is too long", failure(FailureKind::too_long, 400), Counted::neither},
      {"the request's own deadline", failure(FailureKind::deadline, 0), Counted::neither},
      {"429", failure(FailureKind::rate_limited, 429), Counted::neither},
      {"no descriptor here", failure(FailureKind::local, 0), Counted::neither},
      {"a client that left", failure(FailureKind::client_left, 0), Counted::neither},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    CHECK(counted_for_uptime(c.attempt) == c.counted);
  }
}

TEST_CASE("uptime is unknown below a hundred requests and forgets after half an hour") {
  Uptime uptime;
  for (int i = 0; i < 95; ++i) uptime.count(Counted::success, start);
  for (int i = 0; i < 4; ++i) uptime.count(Counted::failure, start + 20min);
  CHECK(std::isnan(uptime.share()));
  uptime.count(Counted::neither, start + 20min);
  CHECK(std::isnan(uptime.share()));
  uptime.count(Counted::failure, start + 20min);
  CHECK(uptime.share() == support::close(0.95));
  uptime.pass(start + 30min);
  CHECK(uptime.requests() == 5);
}

TEST_CASE("uptime of five minutes, of half an hour and of a day are counted side by side") {
  Measures measures;
  for (int i = 0; i < 200; ++i) measures.observe(failure(FailureKind::connect, 0), start);
  for (int i = 0; i < 600; ++i) measures.observe(reply(1s, 2s, 9), start + 20h);
  for (int i = 0; i < 200; ++i) measures.observe(failure(FailureKind::connect, 0), start + 20h);
  for (int i = 0; i < 90; ++i) measures.observe(reply(1s, 2s, 9), start + 20h + 10min);
  for (int i = 0; i < 10; ++i) measures.observe(failure(FailureKind::connect, 0), start + 20h + 10min);
  CHECK(measures.five_minutes().uptime_five_minutes == support::close(0.9));
  CHECK(measures.five_minutes().uptime == support::close(690. / 900));
  CHECK(measures.five_minutes().uptime_day == support::close(690. / 1100));
  CHECK(measures.pass(start + 20h + 10min) == Window::Passed::changed);
  measures.pass(start + 20h + 15min);
  CHECK(std::isnan(measures.half_hour().uptime_five_minutes));
  CHECK(measures.half_hour().uptime == support::close(690. / 900));
  measures.pass(start + 24h);  // the first 200 are over
  CHECK(std::isnan(measures.half_hour().uptime));
  CHECK(measures.half_hour().uptime_day == support::close(690. / 900));
  CHECK(measures.pass(start + 40h) == Window::Passed::unchanged);
  CHECK(measures.pass(start + 45h) == Window::Passed::changed);
  CHECK(std::isnan(measures.half_hour().uptime_day));
}

TEST_CASE("a percentile is the smallest value that its share of all values does not exceed") {
  Histogram histogram;
  for (std::size_t bucket = 1; bucket <= 100; ++bucket) histogram.add(bucket, 1);
  const Percentiles below = histogram.percentiles();
  CHECK(below.p50 == Histogram::value_of(50));
  CHECK(below.p75 == Histogram::value_of(75));
  CHECK(below.p90 == Histogram::value_of(90));
  CHECK(below.p95 == Histogram::value_of(95));
  CHECK(below.p99 == Histogram::value_of(99));
  const Percentiles above = histogram.percentiles_from_above();
  CHECK(above.p50 == Histogram::value_of(50));
  CHECK(above.p75 == Histogram::value_of(25));
  CHECK(above.p90 == Histogram::value_of(10));
  CHECK(above.p95 == Histogram::value_of(5));
  CHECK(above.p99 == Histogram::value_of(1));
}

TEST_CASE("what leaves a histogram leaves its bucket, and a bucket's value lies in it") {
  Histogram histogram;
  histogram.add(10, 5);
  histogram.add(20, 1);
  histogram.remove(10, 5);
  CHECK(histogram.total() == 1);
  CHECK(histogram.percentiles().p50 == Histogram::value_of(20));
  for (std::size_t bucket = 1; bucket < Histogram::buckets; ++bucket) {
    CHECK(Histogram::bucket_of(Histogram::value_of(bucket)) == bucket);
  }
}

TEST_CASE(
    "a window counts equal values of a slot together, tells when one left, and never turns back in time") {
  Window window(10s);
  window.add(1, 2, start + 100s);
  window.add(1, 1, start + 105s);
  window.add(3, 1, start);  // late: counts as of now
  CHECK(window.histogram().total() == 4);
  CHECK(window.pass(start + 390s) == Window::Passed::unchanged);
  CHECK(window.histogram().total() == 4);
  CHECK(window.pass(start + 400s) == Window::Passed::changed);
  CHECK(window.histogram().total() == 0);
  CHECK(window.pass(start + 500s) == Window::Passed::unchanged);
  window.add(2, 1, start + 500s);
  CHECK(window.histogram().percentiles().p50 == support::close(2, 0.03));
}

TEST_CASE("every percentile of the rate is in tokens per second") {
  Measures measures;
  measures.observe(reply(2s, 12s, 120), start);
  const Percentiles p = measures.half_hour().throughput;
  for (const double each : {p.p50, p.p75, p.p90, p.p95, p.p99}) {
    CHECK(each == support::close(10, 0.03));
  }
}

TEST_CASE("a stream of two deltas has one gap, of three two, and of one none; gaps count though it fails") {
  const auto gaps_of = [](std::uint32_t deltas) {
    Measures measures;
    Attempt stream = reply(1s, 5s, 100);
    stream.deltas = deltas;
    stream.worst_gap = 3s;
    stream.failure = Failure{.kind = FailureKind::broken_stream};
    measures.observe(stream, start);
    CHECK(measures.five_minutes().samples == 0);
    CHECK(std::isnan(measures.five_minutes().throughput.p50));
    return measures.five_minutes().gap;
  };
  CHECK(std::isnan(gaps_of(1).p50));
  CHECK(gaps_of(2).p50 == support::close(3, 0.03));
  CHECK(gaps_of(3).p50 == support::close(1, 0.03));
  CHECK(gaps_of(3).p99 == support::close(3, 0.03));
  CHECK(gaps_of(4).p50 == support::close(0.5, 0.03));

  Measures measures;
  Attempt uneven = reply(1s, 3s, 100);
  uneven.deltas = 4;
  uneven.worst_gap = 3s;  // longer than the whole stream: clocks differ
  measures.observe(uneven, start);
  CHECK(measures.five_minutes().gap.p50 < 0.002);
}

TEST_CASE("one endless reply counts as ten thousand gaps at most") {
  const auto median_gap = [](int others) {
    Measures measures;
    Attempt endless = reply(0s, 1'001s, 100);
    endless.deltas = 1'000'002;
    endless.worst_gap = 1s;
    measures.observe(endless, start);
    Attempt other = reply(0s, 6'002s, 100);
    other.deltas = 6'002;
    other.worst_gap = 2s;
    for (int i = 0; i < others; ++i) measures.observe(other, start);
    return measures.five_minutes().gap.p50;
  };
  CHECK(median_gap(1) < 0.002);
  CHECK(median_gap(2) == support::close(1, 0.03));
}

TEST_CASE("a reply of no time or no tokens says nothing of the rate") {
  Measures measures;
  measures.observe(reply(0s, 0s, 100), start);
  measures.observe(reply(1s, 2s, 0), start);
  Attempt uncounted = reply(1s, 2s, 1);
  uncounted.usage = std::nullopt;
  measures.observe(uncounted, start);
  CHECK(std::isnan(measures.five_minutes().throughput.p50));
  CHECK(measures.five_minutes().samples == 3);
  Attempt unfinished = reply(1s, 2s, 9);
  unfinished.finished = std::nullopt;
  measures.observe(unfinished, start);
  CHECK(measures.five_minutes().samples == 3);
}

TEST_CASE("measures change by what is observed and by what grows old, and are the same in between") {
  Measures measures;
  CHECK(measures.pass(start) == Window::Passed::unchanged);
  measures.observe(reply(1s, 2s, 9), start);
  CHECK(measures.pass(start) == Window::Passed::changed);
  CHECK(measures.pass(start + 1min) == Window::Passed::unchanged);
  CHECK(measures.pass(start + 6min) == Window::Passed::changed);  // the five minutes are over
  CHECK(measures.pass(start + 29min) == Window::Passed::unchanged);
  CHECK(measures.pass(start + 31min) == Window::Passed::changed);  // the half hour is
  CHECK(measures.pass(start + 32min) == Window::Passed::unchanged);
  measures.observe(failure(FailureKind::connect, 0), start + 32min);  // counts for uptime alone
  CHECK(measures.pass(start + 32min) == Window::Passed::changed);
  CHECK(measures.pass(start + 61min) == Window::Passed::unchanged);
  CHECK(measures.pass(start + 62min) == Window::Passed::changed);
}

TEST_CASE("uptime is told with both windows, and what comes late counts as of now") {
  Measures measures;
  for (int i = 0; i < 99; ++i) measures.observe(reply(1s, 2s, 9), start + 20min);
  measures.observe(failure(FailureKind::connect, 0), start);
  CHECK(measures.five_minutes().uptime == support::close(0.99));
  CHECK(measures.half_hour().uptime == support::close(0.99));
  measures.pass(start + 49min);
  CHECK(measures.half_hour().uptime == support::close(0.99));
  measures.pass(start + 50min);
  CHECK(std::isnan(measures.half_hour().uptime));
}

TEST_CASE("one token is enough to measure a rate by, and so is the shortest of times") {
  Measures slow, fast;
  slow.observe(reply(1s, 2s, 1), start);
  CHECK(slow.five_minutes().throughput.p50 == support::close(0.5, 0.03));
  fast.observe(reply(0s, 1ns, 100), start);
  CHECK(fast.five_minutes().throughput.p50 > 50'000);
}

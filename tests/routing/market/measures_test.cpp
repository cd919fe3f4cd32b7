#include "routing/market/measures.hpp"

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
  CHECK(histogram.percentiles().p50 == doctest::Approx(2).epsilon(0.025));
  CHECK(histogram.percentiles().p99 == doctest::Approx(2).epsilon(0.025));
}

TEST_CASE("percentiles follow the values, and merged histograms give those of all values together") {
  Histogram low, high;
  for (int i = 1; i <= 500; ++i) low.add(Histogram::bucket_of(i * 0.01), 1);
  for (int i = 501; i <= 1'000; ++i) high.add(Histogram::bucket_of(i * 0.01), 1);
  low.merge(high);
  CHECK(low.total() == 1'000);
  const Percentiles p = low.percentiles();
  CHECK(p.p50 == doctest::Approx(5.0).epsilon(0.03));
  CHECK(p.p90 == doctest::Approx(9.0).epsilon(0.03));
  CHECK(p.p99 == doctest::Approx(9.9).epsilon(0.03));
  CHECK(low.percentiles_from_above().p90 == doctest::Approx(1.0).epsilon(0.03));
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
  CHECK(measures.five_minutes().ttft.p50 == doctest::Approx(2).epsilon(0.03));
  CHECK(measures.five_minutes().throughput.p90 == doctest::Approx(10).epsilon(0.03));
  CHECK(measures.five_minutes().total.p99 == doctest::Approx(12).epsilon(0.03));
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
  CHECK(measures.five_minutes().ttft.p50 == doctest::Approx(40).epsilon(0.03));
}

TEST_CASE("gaps between deltas: the worst one counts once, the others share the rest of the time") {
  Measures measures;
  Attempt stream = reply(1s, 13s, 102);
  stream.deltas = 102;
  stream.worst_gap = 2s;
  measures.observe(stream, start);
  CHECK(measures.five_minutes().gap.p50 == doctest::Approx(0.1).epsilon(0.03));
  CHECK(measures.five_minutes().gap.p95 == doctest::Approx(0.1).epsilon(0.03));
  for (int i = 0; i < 3; ++i) {
    stream.deltas = 12;
    measures.observe(stream, start);
  }
  CHECK(measures.five_minutes().gap.p99 == doctest::Approx(2).epsilon(0.03));
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
  CHECK(uptime.share() == doctest::Approx(0.95));
  uptime.pass(start + 30min);
  CHECK(uptime.requests() == 5);
}

#include "routing/decision/vigil.hpp"

#include <doctest/doctest.h>

using namespace routing;
using namespace std::chrono_literals;

namespace {

constexpr config::TimePoint begin = config::TimePoint{} + 1h;

Vigil::Limits limits() {
  return {.first = begin + 20s, .deadline = begin + 60s, .liveness = 10s, .progress = 90s, .text = 5s};
}
bool ends(const Vigil& vigil, config::TimePoint at, FailureKind why) {
  return vigil.end().at == at && vigil.end().why == why;
}

}  // namespace

TEST_CASE("text that stops is given up soon, by what the endpoint's own gaps are") {
  config::ProviderLimits limits;
  Measured measured;
  Demand demand;
  CHECK(text_patience(measured, limits, demand) == 180s);  // nothing is known of it
  measured.gap.p99 = 0.05;
  CHECK(text_patience(measured, limits, demand) == 5s);
  measured.gap.p99 = 2;
  CHECK(text_patience(measured, limits, demand) == 16s);
  measured.gap.p99 = 100;
  CHECK(text_patience(measured, limits, demand) == 180s);
  limits.progress_timeout = 1s;
  CHECK(text_patience(measured, limits, demand) == 1s);
}

TEST_CASE("where tools may be called, text may stop for as long as anything: arguments may come whole") {
  Measured measured;
  measured.gap.p99 = 0.05;
  Demand demand;
  demand.needs.set(static_cast<std::size_t>(config::Feature::tools));
  CHECK(text_patience(measured, {}, demand) == 180s);
}

TEST_CASE("before the answer begins only its first sign counts, or the deadline where that is earlier") {
  Vigil vigil(limits());
  CHECK(ends(vigil, begin + 20s, FailureKind::first_token_timeout));
  vigil.saw_bytes(begin + 19s);
  CHECK(ends(vigil, begin + 20s, FailureKind::first_token_timeout));
  Vigil::Limits late = limits();
  late.first = begin + 70s;
  CHECK(ends(Vigil(late), begin + 60s, FailureKind::deadline));
}

TEST_CASE("a reply that has not begun may have a limit of its own, which ends with its head") {
  Vigil::Limits strict = limits();
  strict.head = begin + 15s;
  Vigil vigil(strict);
  CHECK(ends(vigil, begin + 15s, FailureKind::first_token_timeout));
  CHECK(vigil.saw_head());
  CHECK(ends(vigil, begin + 20s, FailureKind::first_token_timeout));
  strict.deadline = begin + 18s;
  Vigil hurried(strict);
  CHECK(ends(hurried, begin + 15s, FailureKind::first_token_timeout));
  CHECK(hurried.saw_head());
  CHECK(ends(hurried, begin + 18s, FailureKind::deadline));
  CHECK_FALSE(Vigil(limits()).saw_head());  // nothing changes by it
  Vigil answering(limits());
  answering.saw_content(StreamPart::text, begin + 1s);
  CHECK_FALSE(answering.saw_head());
  CHECK(ends(answering, begin + 6s, FailureKind::stalled_stream));
}

TEST_CASE(
    "a stream may fall silent for as long as the part at hand allows, and never without any byte for long") {
  Vigil vigil(limits());
  vigil.saw_content(StreamPart::hidden, begin + 1s);
  CHECK(ends(vigil, begin + 11s, FailureKind::stalled_stream));  // no byte
  vigil.saw_bytes(begin + 50s);
  CHECK(ends(vigil, begin + 60s, FailureKind::stalled_stream));
  for (int second = 51; second <= 90; ++second) vigil.saw_bytes(begin + std::chrono::seconds(second));
  CHECK(ends(vigil, begin + 91s, FailureKind::stalled_stream));  // comments alone do not help
  vigil.saw_content(StreamPart::text, begin + 90s);
  CHECK(ends(vigil, begin + 95s, FailureKind::stalled_stream));
}

TEST_CASE(
    "a whole reply that comes in parts keeps the deadline, and what only lacks its end is worth a moment") {
  Vigil vigil(limits());
  vigil.saw_body(begin + 5s);
  CHECK(ends(vigil, begin + 15s, FailureKind::stalled_stream));
  for (int second = 6; second < 60; ++second) vigil.saw_body(begin + std::chrono::seconds(second));
  CHECK(ends(vigil, begin + 60s, FailureKind::deadline));
  vigil.saw_end(begin + 59s, 100ms);
  CHECK(ends(vigil, begin + 59s + 100ms, FailureKind::stalled_stream));
}

TEST_CASE("a host is not to blame for the time that the client held the stream back") {
  Vigil vigil(limits());
  vigil.saw_content(StreamPart::text, begin);
  vigil.goes_on(begin + 300s);
  CHECK(ends(vigil, begin + 305s, FailureKind::stalled_stream));
}

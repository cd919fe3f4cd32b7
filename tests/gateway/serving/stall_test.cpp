// Streams that begin and then fall silent: how long the client is kept waiting for the rest.
#include <doctest/doctest.h>

#include "tests/support/world.hpp"

using namespace std::chrono_literals;
using namespace support;
using gateway::Ending;
using routing::FailureKind;

namespace {

std::string thinks(const std::string& text) {
  return delta(R"("reasoning_content":")" + text + '"');
}

enum class Gaps { unknown, short_ones };

void know_gaps(ServedWorld& world, Gaps gaps) {
  if (gaps == Gaps::unknown) return;
  routing::Snapshot snapshot = *world.services.snapshot;
  for (auto& endpoint : snapshot.endpoints) endpoint.measured.gap.p99 = 0.05;
  world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
}

// `begins`, and then a comment every ten seconds, but nothing of the answer for two minutes.
Script falls_silent(const std::string& begins) {
  Script script = pieces({{100ms, role() + begins}});
  for (int i = 0; i < 12; ++i) script.body.push_back({10s, ": alive\n\n"});
  script.body.push_back({0s, says(" more") + stop() + usage_event() + done});
  return script;
}

// Seconds after which the client was told that its stream is broken; 0: it got all of it.
int cut_after(Gaps gaps, const std::string& begins) {
  ServedWorld world;
  know_gaps(world, gaps);
  world.script(ServedWorld::cheap, falls_silent(begins));
  world.ask();
  int seconds = 0;
  for (; !world.ended() && seconds < 200; ++seconds) world.advance(1s);
  REQUIRE(world.ended());
  if (world.record().ending == Ending::answered) return 0;
  CHECK(world.record().ending == Ending::broken);
  CHECK(world.record().attempts.at(0).failure->kind == FailureKind::stalled_stream);
  CHECK(world.client.body.find("[DONE]") == std::string::npos);
  return seconds;
}

}  // namespace

TEST_CASE(
    "text that stops at a host whose gaps are short is given up after seconds, whatever comments come") {
  CHECK(cut_after(Gaps::short_ones, says("Hel")) == 6);
}

TEST_CASE("text that stops at a host of whose gaps nothing is known is waited for") {
  CHECK(cut_after(Gaps::unknown, says("Hel")) == 0);
}

TEST_CASE("thinking that stops is waited for at any host") {
  CHECK(cut_after(Gaps::short_ones, thinks("Hm")) == 0);
}

TEST_CASE("a host that thinks for minutes is waited for, and not one whose reply does not even begin") {
  const auto answered_after = [](config::Duration head_after) {
    config::Settings settings = three_prices();
    for (auto& endpoint : settings.models[0].endpoints)
      endpoint.features.set(static_cast<std::size_t>(config::Feature::reasoning));
    ServedWorld world(std::move(settings));
    routing::Snapshot snapshot = *world.services.snapshot;
    for (auto& endpoint : snapshot.endpoints) {
      for (int i = 0; i < 40; ++i) endpoint.heads.observe(routing::Effort::unsaid, 0.4);
    }
    world.services.snapshot = std::make_shared<const routing::Snapshot>(snapshot);
    Script slow = pieces({{90s, role() + says("Hello")}, {0s, stop() + usage_event() + done}});
    slow.head_after = head_after;
    world.script(ServedWorld::cheap, slow);
    world.script(ServedWorld::middle, stream("Hello"));
    world.ask();
    int seconds = 0;
    for (; !world.ended() && seconds < 200; ++seconds) world.advance(1s);
    REQUIRE(world.ended());
    CHECK(world.record().ending == Ending::answered);
    const auto& attempts = world.record().attempts;
    if (attempts.size() > 1) CHECK(attempts.at(0).failure->kind == FailureKind::first_token_timeout);
    CHECK(attempts.size() == (head_after > 15s ? 2 : 1));
    return seconds;
  };
  CHECK(answered_after(500ms) == 91);
  CHECK(answered_after(110s) == 15);
}

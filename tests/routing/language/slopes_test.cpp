#include "routing/language/slopes.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "routing/decision/cost.hpp"
#include "routing/policy/piece.hpp"
#include "tests/support/close.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

Rule cost_of(const std::string& text) {
  static const Vocabulary vocabulary(support::small_settings());
  config::Problems problems;
  const Pieces pieces = compile_text({.text = text, .place = {}}, "", Use::minimize, vocabulary, problems);
  INFO(text);
  for (const config::Problem& each : problems) INFO(config::to_text(each));
  REQUIRE(pieces.size() == 1);
  return pieces.front().rule;
}

// What one second more of each wait adds at this host.
Slopes asked(const Expression& cost, const support::SmallMarket& market) {
  View view = market.view("cloud/turbo");
  const double before = cost.number(view);
  Prediction first_later = market.predicted, rest_later = market.predicted;
  first_later.ttft += 1;
  rest_later.generation += 1;
  view.prediction = &first_later;
  const double ttft = cost.number(view) - before;
  view.prediction = &rest_later;
  return {.ttft = ttft, .generation = cost.number(view) - before};
}

// One of the fact's own unit, so that what is divided by it is a plain number.
std::string one_of(const Dimension& dimension) {
  using namespace dimensions;
  if (dimension == dollars) return "$1";
  if (dimension == seconds) return "(1 s)";
  if (dimension == tokens) return "(1 tok)";
  if (dimension == dollars_per_token) return "(1 $/tok)";
  if (dimension == tokens_per_second) return "(1 tok/s)";
  return "1";
}

}  // namespace

TEST_CASE("slopes known when a policy is loaded are those that asking for a second more shows") {
  const struct {
    std::string text;
    Slopes slopes;
  } cases[] = {
      {"price + 18 $/h * ttft + 6 $/h * generation", {18.0 / 3600, 6.0 / 3600}},
      {"price", {0, 0}},
      {"time * 36 $/h", {0.01, 0.01}},
      {"price * 3 - 36 $/h * ttft", {-0.01, 0}},
      {"-(36 $/h * generation) + price", {0, -0.01}},
      {"(20 $/h + 16 $/h) * ttft / 2", {0.005, 0}},
      {"36 $/h * (ttft + 2 * (generation - 1 s))", {0.01, 0.02}},
      {"min(price, $1) + (if stream then $1 else price ^ 2 / $1) + 36 $/h * ttft", {0.01, 0}},
      {"price * (expected_output / 1 ktok) + $1 * (1 tok/s / throughput) + 36 $/h * ttft", {0.01, 0}},
  };
  const support::SmallMarket market;
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const Expression cost = cost_of(each.text).expression;
    REQUIRE(cost.slopes().has_value());
    CHECK(cost.slopes()->ttft == support::close(each.slopes.ttft));
    CHECK(cost.slopes()->generation == support::close(each.slopes.generation));
    const Slopes shown = asked(cost, market);
    CHECK(shown.ttft == support::close(each.slopes.ttft));
    CHECK(shown.generation == support::close(each.slopes.generation));
  }
}

TEST_CASE("no slope is taken for known where it depends on what is asked or of whom") {
  std::string steep = "1 $/s * ttft";
  for (int i = 0; i < 11; ++i) steep += " * 1000000000000000";
  for (const std::string& text : std::initializer_list<std::string>{
           "price * (ttft / 1 s)", "if ttft < 3 s then $1 else $2", "max(price, 1 $/s * ttft)",
           "$1 * probability(ttft > 2 s)", "(if stream then 18 $/h else 3 $/h) * ttft",
           "$1 * (ttft / 1 s) ^ 2", "$1 * (1 s / ttft)", "1 $/s * ttft / (1 - 1)", steep}) {
    CAPTURE(text);
    CHECK_FALSE(cost_of(text).expression.slopes().has_value());
  }
}

TEST_CASE("every name's slope is right or unknown, with evidence and without") {
  support::SmallMarket unmeasured, measured;
  for (Percentiles* each : {&measured.measured.ttft, &measured.measured.throughput, &measured.measured.gap,
                            &measured.measured.total}) {
    *each = {1, 2, 3, 4, 5};
  }
  int known = 0, moving = 0;
  for (const FactInfo& fact : facts()) {
    if (fact.type != Type::number) continue;
    CAPTURE(fact.name);
    const Expression cost =
        cost_of("$1 * (" + std::string(fact.name) + " / " + one_of(fact.dimension) + ")").expression;
    const std::optional<Slopes> slopes = cost.slopes();
    if (!slopes) continue;
    ++known;
    if (slopes->ttft != 0 || slopes->generation != 0) ++moving;
    for (const support::SmallMarket* market : {&std::as_const(unmeasured), &std::as_const(measured)}) {
      const Slopes shown = asked(cost, *market);
      CHECK(shown.ttft == support::close(slopes->ttft));
      CHECK(shown.generation == support::close(slopes->generation));
    }
  }
  CHECK(moving == 3);  // ttft, generation, time
  CHECK(known > 25);
}

TEST_CASE("a cost has the same terms whether its slopes were known at load or are asked for") {
  const support::SmallMarket market;
  Policy known, asking;
  known.minimize = cost_of("price + 18 $/h * ttft + 6 $/h * generation + $0.01");
  asking.minimize = cost_of("price + (if stream then 18 $/h else 1 $/h) * ttft + 6 $/h * generation + $0.01");
  REQUIRE(known.minimize->expression.slopes().has_value());
  REQUIRE_FALSE(asking.minimize->expression.slopes().has_value());
  const Cost one = cost(known, market.view("maker"), 0.001),
             other = cost(asking, market.view("maker"), 0.001);
  CHECK(one.ttft == support::close(other.ttft));
  CHECK(one.generation == support::close(other.generation));
  CHECK(one.other == support::close(other.other));
  CHECK(one.failure == support::close(other.failure));
  CHECK(one.total() == support::close(other.total()));
}

#include <doctest/doctest.h>

#include <cmath>

#include "routing/language/lateness.hpp"
#include "routing/policy/piece.hpp"
#include "tests/support/close.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;

namespace {

const Vocabulary& words() {
  static const Vocabulary vocabulary(support::small_settings());
  return vocabulary;
}

std::string problems_in(const std::string& text, Use use) {
  config::Problems problems;
  compile_text({.text = text, .place = {"p.yaml", 7, 12}}, "policies.x", use, words(), problems);
  std::string result;
  for (const config::Problem& each : problems) result += config::to_text(each) + "\n";
  return result;
}

Expression compiled(const std::string& text, Use use) {
  config::Problems problems;
  const Pieces pieces = compile_text({.text = text, .place = {}}, "", use, words(), problems);
  INFO(text);
  for (const config::Problem& each : problems) INFO(config::to_text(each));
  REQUIRE(pieces.size() == 1);
  return pieces.front().rule.expression;
}

// The words under the mark of the first problem, its message and its suggestion.
struct Shown {
  std::string marked, message, suggestion;
};
Shown first_problem(const std::string& text, Use use) {
  config::Problems problems;
  compile_text({.text = text, .place = {"p.yaml", 7, 12}}, "policies.x", use, words(), problems);
  if (problems.empty()) return {};
  const std::string& excerpt = problems[0].excerpt;
  const std::size_t newline = excerpt.find('\n');
  const std::size_t begin = excerpt.find('^', newline) - newline - 1;
  const std::size_t length = begin < newline ? excerpt.size() - newline - 1 - begin : 0;
  return {excerpt.substr(begin, length), problems[0].message, problems[0].suggestion};
}

}  // namespace

TEST_CASE("numbers come out in dollars, seconds and tokens") {
  const support::SmallMarket market;
  const struct {
    std::string text;
    double value;
  } cases[] = {
      {"price", 0.004},
      {"price + 18 $/h * ttft + 6 $/h * generation", 0.004 + 18.0 / 3600 * 2 + 6.0 / 3600 * 10},
      {"price.output * expected_output", 5.4e-6 * 500},
      {"$0.002 * 2 - $0.001", 0.003},
      {"0.5 $/Mtok * 1 Mtok", 0.5},
      {"$0.5/Mtok * 64 ktok", 0.032},
      {"20 $ / h * 30 min", 10},
      {"$6 / min(2, 3)", 3},
      {"6 $ / min(2, 3) + 6 $/min * 1 min", 9},
      {"expected_output / throughput * 1 $/s", 10},
      {"$1 * 5 %", 0.05},
      {"$1 * (250 ms / 1 s)", 0.25},
      {"min($3, $1, $2) + max($3, $1)", 4},
      {"-$1 + $3", 2},
      {"$1 * 2 ^ 3", 8},
      {"$1 * 4 ^ 0.5", 2},
      {"price ^ 2 / price", 0.004},
      {"$1 * failure + $1 * cache_hit + $1 * in_flight", 3.28},
      {"if ttft < 3 s then $1 else $2", 1},
      {"if ttft < 1 s then $1 else if stream then $2 else $3", 2},
      {"$1 * probability(ttft > 2 s)", probability_later(2, 0.5, 2)},
      {"$1 * probability(throughput < 50 tok/s)", 0.5},
      {"$1 * hour", 14},
      {"price.cache_read * 1 Mtok", 1.35},
      {"time * 1 $/s", 12},
      {"$1 - $2 - $3", -4},
      {"$8 / 2 / 2", 2},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(compiled(each.text, Use::minimize).number(market.view("cloud/turbo")) ==
          support::close(each.value));
  }
}

TEST_CASE("a limit as high as a price is met by it, whatever the price and the unit it is written in") {
  config::Settings settings = support::small_settings();
  config::EndpointSettings& first = settings.models[0].endpoints[0];
  const auto text = [](long thousandths, const char* unit) {
    return std::to_string(thousandths / 1000) + "." + std::to_string(1000 + thousandths % 1000).substr(1) +
           unit;
  };
  for (long thousandths = 1; thousandths < 3000; ++thousandths) {
    CAPTURE(thousandths);
    first.prices.input.price.nanos = thousandths * 1'000'000;
    first.prices.request.nanos = thousandths * 1'000'000;
    const Catalogue catalogue(settings, 1);
    const View view{.endpoint = &catalogue.endpoints()[0]};
    const std::string price = text(thousandths, " $/Mtok");
    for (const std::string& limit :
         {"price.input <= " + price, "price.input >= " + price, "not price.input < " + price,
          "price.input <= 0.00" + price.substr(0, 1) + price.substr(2, 3) + " $/ktok",
          "price.request == $" + text(thousandths, ""), "price.request >= " + text(thousandths, " $")}) {
      CAPTURE(limit);
      CHECK(compiled(limit, Use::require).truth(view));
    }
  }
}

TEST_CASE("an expression never fails: dividing by zero and overflow have a result") {
  support::SmallMarket market;
  market.predicted.price = 0;
  market.predicted.in_flight = 0;
  const View view = market.view("maker");
  const struct {
    std::string text;
    double value;
  } cases[] = {
      {"$1 / in_flight", 1e300},
      {"-$1 / in_flight", -1e300},
      {"price / in_flight", 0},
      {"$1 * in_flight ^ -2", 1e300},
      {"$1 * in_flight ^ -1", 1e300},
      {"$1 * (1e15 ^ 8 * 1e15 ^ 8 * 1e15 ^ 8)", 1e300},
      {"$1 * (1 / in_flight - 1 / in_flight)", 0},
      {"$1 * (0 - 4) ^ 0.5", 0},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(compiled(each.text, Use::minimize).number(view) == support::close(each.value));
  }
  CHECK(compiled("weighted(price ^ -2)", Use::weight).number(view) == 1e300);
}

TEST_CASE("limits see the endpoint, its measurements and the request") {
  support::SmallMarket market;
  market.measured.ttft.p90 = 4;
  market.measured.uptime = 0.97;
  const struct {
    std::string text;
    bool holds;  // at cloud/turbo
  } cases[] = {
      {"jurisdiction in [US, EU]", true},
      {"jurisdiction == US", true},
      {"jurisdiction != US", false},
      {"jurisdiction not in [EU]", true},
      {"regions in [US, EU]", true},
      {"regions in [US]", false},
      {"EU in regions", true},
      {"\"DE\" in regions", true},
      {"JP in regions", false},
      {"quantization in [bf16, fp8]", true},
      {"quantization == bf16", true},
      {"quantization != bf16", false},
      {"\"fast\" in tags", true},
      {"fast in tags", true},
      {"\"slow\" not in tags", true},
      {"supports(\"tools\")", true},
      {"supports(images)", false},
      {"provider == \"cloud\"", true},
      {"provider in [maker, alpine]", false},
      {"endpoint == \"cloud/turbo\"", true},
      {"model == \"deepseek/deepseek-r1\"", true},
      {"context >= prompt + max_output", true},
      {"max_output <= max_output_limit", true},
      {"max_output_limit == 16 ktok", true},
      {"price.output <= 6 $/Mtok", true},
      {"price.output <= 5 $/Mtok", false},
      {"ttft.p90 <= 4 s", true},
      {"ttft.p90 < 4 s", false},
      {"4 s >= ttft.p90", true},
      {"uptime >= 95 %", true},
      {"throughput > 45 tok/s", true},
      {"probability(ttft > 10 s) <= 5 %", true},
      {"probability(ttft > 1 s) <= 5 %", false},
      {"stream and not tools", true},
      {"images or reasoning or json_schema", false},
      {"team == \"search\" and user == \"ann\"", true},
      {"key in [app]", true},
      {"header(\"X-Tier\") == \"gold\"", true},
      {"header(\"x-other\") == \"\"", true},
      {"weekday == wed", true},
      {"weekday in [sat, sun]", false},
      {"hour >= 9 and hour < 17", true},
      {"not zdr", false},  // undeclared
      {"trains_on_prompts == false", true},
      {"stream != tools", true},
      {"if stream then ttft.p90 <= 5 s else true", true},
      {"model_requested == \"deepseek-r1\"", true},
      {"samples == 0", true},
      {"zdr or stream", true},
      {"not (stream and tools)", true},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(compiled("(" + each.text + ") or false", Use::require).truth(market.view("cloud/turbo")) ==
          each.holds);
  }
}

TEST_CASE("what was waited for earlier attempts leaves so much less for the first token") {
  const support::SmallMarket market;
  const Expression rule = compiled("probability(ttft > 10 s) <= 5 %", Use::require);
  View view = market.view("cloud/turbo");
  CHECK(rule.truth(view));
  view.waited = 7;
  CHECK(!rule.truth(view));
  view.waited = 10;
  CHECK(!rule.truth(view));
  CHECK(compiled("probability(throughput < 1 tok/s) <= 5 %", Use::require).truth(view));
}

TEST_CASE("an undeclared fact satisfies no rule, however it is asked") {
  const support::SmallMarket market;
  const char* const rules[] = {"trains_on_prompts",
                               "not trains_on_prompts",
                               "trains_on_prompts == false",
                               "trains_on_prompts != true",
                               "jurisdiction == CN",
                               "jurisdiction != CN",
                               "jurisdiction not in [CN]",
                               "not (jurisdiction in [CN])",
                               "jurisdiction == header(\"x-country\")",
                               "regions in [US, EU, CN]",
                               "CN in regions",
                               "CN not in regions",
                               "quantization in [bf16, fp8, fp4, int8]",
                               "quantization not in [int4]",
                               "zdr or not trains_on_prompts",
                               "if zdr then true else false",
                               "(if trains_on_prompts then 1 else 2) > 0.5",
                               "not (retains_prompts and ttft.p90 > 1 s)",
                               "zdr == stream"};
  for (const char* rule : rules) {
    CAPTURE(rule);
    CHECK_FALSE(compiled(rule, Use::allow).truth(market.view("shade")));
    CHECK_FALSE(compiled(rule, Use::require).truth(market.view("shade")));
    CHECK_FALSE(compiled(rule, Use::prefer).truth(market.view("shade")));
  }
  CHECK(compiled("zdr or stream", Use::allow).truth(market.view("shade")));
  CHECK(compiled("quantization in [bf16, unknown]", Use::allow).truth(market.view("shade")));
}

TEST_CASE("a live value without evidence satisfies a limit and never a compliance rule") {
  const support::SmallMarket market;
  const char* const rules[] = {"ttft.p90 <= 0.1 s",
                               "not (ttft.p90 > 0.1 s)",
                               "ttft.p90 > 100 s",
                               "uptime >= 99 %",
                               "headroom > 50 %",
                               "itl.p99 + 1 s <= 2 s",
                               "ttft.p50 / time.p50 < 5 %",
                               "max(ttft.p50, ttft.p99) < 1 s",
                               "stream and throughput.p50 > 900 tok/s"};
  for (const char* rule : rules) {
    CAPTURE(rule);
    config::Problems problems;
    const auto last = [&](Use use) {
      return compile_text({.text = rule, .place = {}}, "", use, words(), problems).back().rule.expression;
    };
    CHECK(last(Use::require).truth(market.view("maker")));
    CHECK(last(Use::prefer).truth(market.view("maker")));
    CHECK_FALSE(last(Use::allow).truth(market.view("maker")));
  }
  CHECK_FALSE(compiled("ttft.p90 <= 0.1 s and quantization == bf16 or false", Use::require)
                  .truth(market.view("maker")));
}

TEST_CASE("in a cost, a live value without evidence counts as the prediction's quantile") {
  support::SmallMarket market;
  const Expression cost = compiled("ttft.p90 * 1 $/s", Use::minimize);
  CHECK(cost.number(market.view("maker")) == support::close(time_of(Percentile::p90, 2, 0.5)));
  market.measured.ttft.p90 = 7;
  CHECK(cost.number(market.view("maker")) == 7);
  CHECK(compiled("throughput.p90 / (1 tok/s) * $1", Use::minimize).number(market.view("maker")) ==
        support::close(50 * std::exp(-1.2816 * 0.2)));
  CHECK(compiled("uptime * $1", Use::minimize).number(market.view("maker")) == support::close(0.97));
  CHECK(compiled("headroom * $1", Use::minimize).number(market.view("maker")) == 1);
}

TEST_CASE("an unknown condition takes the dearer branch of a cost and the lesser one of a weight") {
  const support::SmallMarket market;
  CHECK(compiled("if zdr then $1 else $2", Use::minimize).number(market.view("shade")) == 2);
  CHECK(compiled("if zdr then $3 else $2", Use::minimize).number(market.view("shade")) == 3);
  CHECK(compiled("weighted(if zdr then 3 else 2)", Use::weight).number(market.view("shade")) == 2);
}

TEST_CASE("a limit says by how much it was missed") {
  support::SmallMarket market;
  market.measured.ttft.p90 = 4;
  const auto margin = compiled("ttft.p90 <= 3 s", Use::require).margin(market.view("maker"));
  REQUIRE(margin.has_value());
  CHECK(margin->found == 4);
  CHECK(margin->limit == 3);
  CHECK(margin->dimension == dimensions::seconds);
  CHECK_FALSE(compiled("quantization == fp8", Use::require).margin(market.view("maker")).has_value());
  CHECK_FALSE(compiled("uptime >= 99 %", Use::require).margin(market.view("maker")).has_value());
}

TEST_CASE("errors say what is wrong with which words, and what to write instead") {
  const struct {
    Use use;
    std::string text;
    std::string marked;
    std::string message;
    std::string suggestion;
  } cases[] = {
      {Use::minimize, "price + ttft", "price + ttft", "`price + ttft` adds dollars to seconds",
       "multiply the seconds by a rate such as `20 $/h`"},
      {Use::minimize, "price - ttft", "price - ttft", "`price - ttft` subtracts seconds from dollars",
       "multiply the seconds by a rate such as `20 $/h`"},
      {Use::minimize, "price + expected_output", "price + expected_output",
       "`price + expected_output` adds dollars to tokens",
       "multiply the tokens by a price such as `0.5 $/Mtok`"},
      {Use::minimize, "ttft", "ttft", "`ttft` comes out in seconds, and `minimize` must come out in dollars",
       "multiply the seconds by a rate such as `20 $/h`"},
      {Use::minimize, "min(price, 3 s)", "min(price, 3 s)", "`min(price, 3 s)` mixes dollars and seconds",
       "multiply the seconds by a rate such as `20 $/h`"},
      {Use::minimize, "stream", "stream",
       "`stream` is true or false, and `minimize` must come out in dollars", ""},
      {Use::require, "ttft <= 3", "ttft <= 3", "`ttft <= 3` compares seconds with a plain number",
       "give it a unit: `3 s` or `3 ms`"},
      {Use::require, "context >= 64", "context >= 64", "`context >= 64` compares tokens with a plain number",
       "give it a unit: `64 tok` or `64 ktok`"},
      {Use::require, "context >= 131072", "context >= 131072",
       "`context >= 131072` compares tokens with a plain number", "give it a unit: `131072 tok`"},
      {Use::require, "ttft.p90 <= 3000", "ttft.p90 <= 3000",
       "`ttft.p90 <= 3000` compares seconds with a plain number", "give it a unit: `3000 ms`"},
      {Use::require, "price.output <= $6", "price.output <= $6",
       "`price.output <= $6` compares dollars per token with dollars",
       "write the limit in dollars per token, such as `2 $/Mtok`"},
      {Use::require, "ttft", "ttft", "`ttft` is a number, and `require` wants true or false",
       "compare it with a limit, as in `ttft <= 3 s`"},
      {Use::require, "tfft.p90 <= 3 s", "tfft.p90", "there is no name `tfft.p90`",
       "did you mean `ttft.p90`?"},
      {Use::require, "latency <= 3 s", "latency", "there is no name `latency`",
       "texts are written in quotes"},
      {Use::require, "suports(\"tools\")", "suports(\"tools\")", "there is no function `suports`",
       "did you mean `supports`?"},
      {Use::require, "supports(\"tool\")", "\"tool\"", "`tool` is not a feature", "did you mean `tools`?"},
      {Use::allow, "jurisdiction in [UK]", "UK", "`UK` is not a known country code", "did you mean `GB`?"},
      {Use::allow, "jurisdiction in [Europe]", "Europe", "`Europe` is not a known country code",
       "write an ISO 3166-1 alpha-2 code such as `US`, or one of the groups `EU` and `EEA`"},
      {Use::allow, "quantization in [fp9]", "fp9", "`fp9` is not a known quantization",
       "did you mean `fp4`?"},
      {Use::allow, "provider == \"clud\"", "\"clud\"", "`clud` is not a known provider",
       "did you mean `cloud`?"},
      {Use::allow, "ttft <= 3 s", "ttft", "`ttft` is live, and `allow` is never relaxed and fails closed",
       "put it under `require`, unless an endpoint without evidence shall get nothing"},
      {Use::when, "ttft < 3 s", "ttft", "`ttft` is about an endpoint, and `when` sees the request alone",
       "choose by the request here, and by endpoints inside the policy"},
      {Use::rate, "ttft * 1 $/h", "ttft", "`value_of_time` is a constant", "write a rate such as `20 $/h`"},
      {Use::rate, "20 $", "20 $",
       "`20 $` comes out in dollars, and `value_of_time` must come out in dollars per second",
       "write a rate such as `20 $/h`"},
      {Use::weight, "price ^ -2", "price ^ -2", "`choose` wants a draw",
       "write `weighted(price ^ -2)`, or leave `choose` out"},
      {Use::require, "uptime >= 99.9", "uptime >= 99.9",
       "the limit `uptime >= 99.9` is impossible: no value can meet it",
       "shares lie between 0 and 1; did you mean `99.9 %`?"},
      {Use::require, "uptime >= 120 %", "uptime >= 120 %",
       "the limit `uptime >= 120 %` is impossible: no value can meet it", "a share is at most 100 %"},
      {Use::require, "1 > 2", "1 > 2", "the limit `1 > 2` is impossible: no value can meet it", ""},
      {Use::require, "ttft < 0 s", "ttft < 0 s", "the limit `ttft < 0 s` is impossible: no value can meet it",
       ""},
      {Use::require, "failure <= 5", "failure <= 5", "`failure <= 5` is always true",
       "shares lie between 0 and 1; did you mean `5 %`?"},
      {Use::require, "price ^ ttft < 3 s", "ttft", "an exponent is a plain number between -8 and 8",
       "as in `price ^ -2`"},
      {Use::minimize, "price ^ 0.5", "price ^ 0.5", "`price ^ 0.5` takes a broken power of dollars",
       "divide by a unit first, as in `(price / $1) ^ 0.5`"},
      {Use::minimize, "price / 0", "0", "this divides by zero", ""},
      {Use::require, "1 s < ttft < 3 s", "<", "comparisons cannot be chained", "write `a < b and b < c`"},
      {Use::require, "stream = true", "=", "`=` is not of this language", "write `==` to compare"},
      {Use::require, "stream && tools", "&&", "`&&` is not of this language", "write `and`"},
      {Use::require, "!stream", "!", "this character is not of this language", "write `not`"},
      {Use::require, "ttft <= 3 sec", "sec", "`sec` is not a unit", "write `s`"},
      {Use::require, "ttft <= 3 s sec", "sec", "`sec` does not continue the expression",
       "an operator such as `and`, `*` or `<=` is missing before it"},
      {Use::require, "ttft <= 3 failure", "failure", "`failure` does not continue the expression",
       "an operator such as `and`, `*` or `<=` is missing before it"},
      {Use::require, "context >= 64 kB", "kB", "`kB` is not a unit",
       "the units are us ms s min h d, tok ktok Mtok, $ and %"},
      {Use::rate, "18 $/kg", "kg", "`kg` is not a unit",
       "the units are us ms s min h d, tok ktok Mtok, $ and %"},
      {Use::require, "ttft <= 3 $", "ttft <= 3 $", "`ttft <= 3 $` compares seconds with dollars",
       "write the limit in seconds, such as `3 s`"},
      {Use::require, "failure <= 3 s", "failure <= 3 s",
       "`failure <= 3 s` compares a plain number with seconds",
       "write the limit as a plain number or a share, such as `5 %`"},
      {Use::require, "context >= 64k", "k", "`k` is not a unit", "write `ktok` for thousands of tokens"},
      {Use::require, "(stream", "", "`)` is missing after the expression in brackets", ""},
      {Use::require, "stream and", "", "the expression ends too early", "a value is missing here"},
      {Use::require, "", "", "there is nothing here", "write an expression"},
      {Use::require, "provider == \"cloud", "\"cloud", "this text has no closing quote", ""},
      {Use::require, "jurisdiction in US", "US", "`US` is a text, and `in` wants a set",
       "write `in [...]`, or `==` to compare with one value"},
      {Use::require, "jurisdiction < US", "jurisdiction < US",
       "`jurisdiction < US` asks for an order that texts do not have", ""},
      {Use::require, "regions == [US]", "regions == [US]", "`regions == [US]` compares a set with a set",
       "sets are asked with `in`"},
      {Use::require, "probability(price > $1) < 5 %", "price",
       "`probability` knows how `ttft`, `throughput` and `generation` are distributed, not `price`",
       "write `probability(ttft > 2 s)`"},
      {Use::require, "header(\"cookie\") == \"a\"", "\"cookie\"",
       "only headers whose name begins with `x-` can be read", ""},
      {Use::require, "if stream then 1 s else $1", "if stream then 1 s else $1",
       "`if stream then 1 s else $1` mixes seconds and dollars",
       "multiply the seconds by a rate such as `20 $/h`"},
      {Use::require, "not ttft", "ttft", "`ttft` is a number, and `not` wants true or false", ""},
      {Use::require, "price.output <= 6 $/MTok", "MTok", "`MTok` is not a unit", "did you mean `Mtok`?"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const Shown shown = first_problem(each.text, each.use);
    CHECK(shown.marked == each.marked);
    CHECK(shown.message == each.message);
    CHECK(shown.suggestion == each.suggestion);
  }
}

TEST_CASE("a problem points at line and column of its file") {
  CHECK(problems_in("price + ttft", Use::minimize) ==
        "p.yaml:7:12: error: policies.x: `price + ttft` adds dollars to seconds\n"
        "  price + ttft\n"
        "  ^~~~~~~~~~~~\n"
        "  multiply the seconds by a rate such as `20 $/h`\n");
  CHECK(problems_in("stream and tfft > 3 s", Use::require) ==
        "p.yaml:7:23: error: policies.x: there is no name `tfft`\n"
        "  stream and tfft > 3 s\n"
        "             ^~~~\n"
        "  did you mean `ttft`?\n");
  CHECK(problems_in("stream\n  and tfft > 3 s", Use::require) ==
        "p.yaml:8:7: error: policies.x: there is no name `tfft`\n"
        "    and tfft > 3 s\n"
        "        ^~~~\n"
        "  did you mean `ttft`?\n");
}

TEST_CASE("every mistake of an expression is reported at once") {
  config::Problems problems;
  compile_text({.text = "tfft < 3 s and supports(\"tool\") and prce > $1", .place = {}}, "", Use::require,
               words(), problems);
  CHECK(problems.size() == 3);
}

TEST_CASE("what is nested or long is checked in the time of its length, not of its depth's powers") {
  const auto nested = [](const std::string& open, const std::string& inside, const std::string& close,
                         int depth) {
    std::string text = inside;
    for (int i = 0; i < depth; ++i) text = open + text + close;
    return text;
  };
  // Any of these, with both sides looked at twice, would take longer than this test may.
  CHECK(problems_in(nested("", "ttft", " - 1 s", 190) + " <= 3 s", Use::require).empty());
  CHECK(problems_in(nested("", "ttft", " + 1 s", 190) + " <= 300 s", Use::require).empty());
  CHECK(problems_in(nested("(1 s - ", "ttft", ")", 38) + " <= 3 s", Use::require).empty());
  CHECK(problems_in(nested("-", "ttft", "", 38) + " <= 3 s", Use::require).empty());
  CHECK(problems_in(nested("min(", "ttft", ", 3 s)", 38) + " <= 2 s", Use::require).empty());
  CHECK(problems_in(nested("(if stream then ", "ttft", " else 2 s)", 18) + " <= 1 s", Use::require).empty());
  CHECK(problems_in(nested("(if stream then ", "zdr", " else zdr)", 18), Use::allow).empty());
  CHECK(problems_in(nested("", "price", " + $1", 190), Use::minimize).empty());
  CHECK(problems_in(nested("(if stream then ", "price", " else $2)", 18), Use::minimize).empty());
}

TEST_CASE("nesting is bounded") {
  for (const char* open : {"(", "not ", "-", "if stream then 1 else ", "min(", "[", "supports("}) {
    std::string text;
    while (text.size() < 4000) text += open;
    CAPTURE(open);
    CHECK_FALSE(problems_in(text, Use::require).empty());
  }
  std::string chain = "$1";
  while (chain.size() < 1000) chain += " + $1";
  CHECK(problems_in(chain, Use::minimize).empty());
  while (chain.size() < 4000) chain += " + $1";
  CHECK(problems_in(chain, Use::minimize).find("more than 600 parts") != std::string::npos);
}

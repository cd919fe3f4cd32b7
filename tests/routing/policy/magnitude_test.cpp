#include "routing/policy/magnitude.hpp"

#include <doctest/doctest.h>

#include "routing/policy/policy_set.hpp"
#include "tests/support/policies.hpp"
#include "tests/support/small_market.hpp"

using namespace routing;
using support::text;

namespace {

// All warnings about a policy with this limit; errors are none of them.
std::string warnings_of(const config::Settings& settings) {
  config::Problems problems;
  compile(settings, problems);
  std::string result;
  for (const config::Problem& each : problems) {
    CHECK(each.severity == config::Severity::warning);
    result += each.message + (each.suggestion.empty() ? "" : "; " + each.suggestion) + "\n";
  }
  return result;
}
std::string requiring(const std::string& limit) {
  config::Settings settings = support::small_settings();
  settings.policies = {support::policy_named("own")};
  settings.policies[0].require = {text(limit)};
  return warnings_of(settings);
}
std::string picking(const std::string& when) {
  config::Settings settings = support::small_settings();
  settings.rules = {{.when = text(when), .policy = {"batch"}, .place = {}}};
  return warnings_of(settings);
}

}  // namespace

TEST_CASE("a limit that no host in the world keeps is warned of, with the unit that was meant") {
  CHECK(requiring("ttft.p90 <= 3 ms") ==
        "no host answers that soon: `ttft.p90 <= 3 ms`; did you mean `3 s`?\n");
  CHECK(requiring("3 ms >= ttft") == "no host answers that soon: `3 ms >= ttft`; did you mean `3 s`?\n");
  CHECK(requiring("time.p50 < 9 ms").starts_with("no host is done that soon: `time.p50 < 9 ms`"));
  CHECK(requiring("throughput.p50 >= 50 ktok/s") ==
        "no host writes that fast: `throughput.p50 >= 50 ktok/s`; did you mean `50 tok/s`?\n");
  CHECK(requiring("price.output <= 0.000003 $/Mtok").starts_with("no host is that cheap, but free ones"));
  CHECK(requiring("zdr or ttft <= 3 ms").starts_with("no host answers that soon: `ttft <= 3 ms`"));
}

TEST_CASE("limits that hosts keep, and those of free and quick ones, are not warned of") {
  for (const char* limit : {"ttft.p90 <= 3 s", "ttft <= 20 ms", "ttft >= 1 ms", "throughput >= 3000 tok/s",
                            "throughput <= 50 ktok/s", "price.output <= 0 $/Mtok",
                            "price.output <= 0.01 $/Mtok", "context >= 1 Mtok", "itl.p50 <= 1 ms"}) {
    CAPTURE(limit);
    CHECK(requiring(limit).empty());
  }
}

TEST_CASE("a comparison that no value can meet is warned of wherever it stands") {
  CHECK(picking("hour >= 25").find("this rule can never match") != std::string::npos);
  CHECK(picking("stream or hour >= 25") == "`hour >= 25` is never true\n");
  CHECK(picking("stream and (tools or hour == 24)").find("`hour == 24` is never true") != std::string::npos);
  CHECK(requiring("zdr or hour >= 25").find("`hour >= 25` is never true") != std::string::npos);
  CHECK(picking("hour >= 22 or hour < 6").empty());
}

TEST_CASE("each bound is warned of just beyond it, and the unit is guessed where that would be reasonable") {
  struct Row {
    const char *reached, *beyond;
  };
  for (const Row& row : {Row{"ttft <= 10 ms", "ttft <= 9.9 ms"}, Row{"time <= 10 ms", "time <= 9.9 ms"},
                         Row{"itl.p50 <= 0.02 ms", "itl.p50 <= 0.019 ms"},
                         Row{"throughput >= 20 ktok/s", "throughput >= 20.1 ktok/s"},
                         Row{"context >= 100 Mtok", "context >= 101 Mtok"},
                         Row{"price.input <= 0.0001 $/Mtok", "price.input <= 0.00009 $/Mtok"},
                         Row{"price.output <= 0.0001 $/Mtok", "price.output <= 0.00009 $/Mtok"}}) {
    CAPTURE(row.beyond);
    CHECK(requiring(row.reached) == "");
    CHECK(requiring(row.beyond).starts_with("no host "));
    CHECK(requiring(row.beyond).find("did you mean") != std::string::npos);
  }
  CHECK(requiring("ttft <= 0.009 ms").find("did you mean") == std::string::npos);
  CHECK(requiring("throughput >= 30 Mtok/s").find("did you mean") == std::string::npos);
}

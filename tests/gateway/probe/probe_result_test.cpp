#include "gateway/probe/probe_result.hpp"

#include <doctest/doctest.h>

#include <string>

using gateway::ProbeAnswer;
using gateway::Probed;
using gateway::ProbeResult;
using routing::FailureKind;

namespace {

ProbeResult found(const ProbeAnswer& answer) {
  const config::Settings settings;
  ProbeResult result{.host_model = "glm-9"};
  gateway::find_failure(result, answer, gateway::HostSecrets(settings));
  REQUIRE(result.findings.size() == 1);
  return result;
}

}  // namespace

TEST_CASE("a key that is refused, an account without money and a model that is not there are told apart") {
  const ProbeResult refused = found({.failure = FailureKind::credential, .status = 401, .message = "who?"});
  CHECK(refused.findings[0].what == "key_refused");
  CHECK(refused.findings[0].detail == "the credential is refused, status 401: who?");
  CHECK(found({.failure = FailureKind::credential, .status = 402}).findings[0].what == "no_money");
  const ProbeResult missing = found({.failure = FailureKind::missing_model, .status = 404});
  CHECK(missing.findings[0].what == "model_missing");
  CHECK(missing.findings[0].detail == "it does not have `glm-9`, status 404");
}

TEST_CASE("a host that says nothing is unreachable, and a busy one is untested: neither differs") {
  CHECK(found({.failure = FailureKind::connect}).probed == Probed::unreachable);
  CHECK(found({.failure = FailureKind::rate_limited, .status = 429}).probed == Probed::untested);
  CHECK(found({.failure = FailureKind::overloaded, .status = 529}).probed == Probed::untested);
}

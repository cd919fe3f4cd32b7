#include "gateway/request/no_candidate.hpp"

#include <doctest/doctest.h>

#include "tests/support/deciding_world.hpp"

using namespace std::chrono_literals;
using gateway::ErrorReply;
using gateway::InferenceRequest;
using routing::Removal;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A request for the model at deepseek, azure and friendli, of which each was left out for a reason.
struct Refused {
  explicit Refused(std::vector<Removal> removals, const std::string& members = "",
                   config::Settings settings = tests::three_hosts())
      : world(std::move(settings)) {
    auto understood = world.understand(tests::chat("deepseek-r1", members));
    request.emplace(std::get<InferenceRequest>(std::move(understood)));
    for (routing::EndpointIndex i = 0; i < removals.size(); ++i) {
      decision.verdicts.push_back({.endpoint = i, .removal = removals[i]});
    }
  }
  ErrorReply told(gateway::Shed shed = gateway::Shed::none) const {
    return no_candidate(decision, *request, world.timer.now(), shed);
  }

  tests::DecidingWorld world;
  std::optional<InferenceRequest> request;
  routing::Decision decision;
};

}  // namespace

TEST_CASE("a request that fits nobody's size is told its own size and everybody's") {
  Refused refused({Removal::context, Removal::max_output, Removal::context}, R"("max_tokens":900)");
  const ErrorReply error = refused.told();
  CHECK(error.status == 400);
  CHECK(error.code == "context_length_exceeded");
  CHECK(error.param == "messages");
  CHECK(error.should_retry == gateway::ShouldRetry::no);
  CHECK(contains(error.message, " and up to 900 output tokens"));
  CHECK(contains(error.message, "deepseek 64000 / 8000, azure 128000 / as the context allows, friendli "));
  CHECK_FALSE(contains(Refused({Removal::context}).told().message, "output tokens"));
  CHECK(Refused({Removal::max_output}, R"("max_tokens":900)").told().param == "max_tokens");
  CHECK(Refused({Removal::context, Removal::tried}).told().code != "context_length_exceeded");
  CHECK(Refused({}).told().code == "no_eligible_endpoint");
}

TEST_CASE("each reason is told once, with all whom it is about") {
  const ErrorReply error = Refused({Removal::tried, Removal::policy_allow, Removal::tried}).told();
  CHECK(contains(error.message, "deepseek, friendli: already tried by this request"));
  CHECK(contains(error.message, "; azure: not allowed by the policy") !=
        contains(error.message, "azure: not allowed by the policy; "));
  CHECK(error.status == 503);
  CHECK(error.type == "api_error");
  CHECK(error.code == "no_eligible_endpoint");
  CHECK(error.should_retry == gateway::ShouldRetry::no);
  CHECK_FALSE(error.retry_after);
}

TEST_CASE(
    "what passes with time is worth trying again, in a second at the earliest and a minute at the latest") {
  for (const Removal removal : {Removal::cooling, Removal::open, Removal::recovering}) {
    Refused refused({Removal::tried, removal, Removal::tried});
    CHECK(refused.told().code == "no_endpoint_available");
    CHECK(refused.told().status == 503);
    CHECK_FALSE(refused.told().retry_after);
    CHECK(refused.told().should_retry != gateway::ShouldRetry::no);
    const auto told_after = [&](config::Duration wait) {
      refused.decision.earliest = refused.world.timer.now() + wait;
      return *refused.told().retry_after;
    };
    CHECK(told_after(10ms) == 1s);
    CHECK(told_after(7s) == 7s);
    CHECK(told_after(60s) == 60s);
    CHECK(told_after(10min) == 60s);
  }
  Refused hopeless({Removal::tried});
  hopeless.decision.earliest = hopeless.world.timer.now() + 7s;
  CHECK_FALSE(hopeless.told().retry_after);
}

TEST_CASE("where all that passes with time is a limit of rate, the client is told that") {
  Refused refused({Removal::cooling, Removal::tried, Removal::cooling});
  refused.decision.verdicts[0].limits_rate = true;
  CHECK(refused.told().status == 503);
  refused.decision.verdicts[2].limits_rate = true;
  const ErrorReply error = refused.told();
  CHECK(error.status == 429);
  CHECK(error.type == "rate_limit_error");
  CHECK(error.code == "provider_rate_limited");
  CHECK(contains(error.message, "deepseek, friendli: limits its rate"));
  refused.decision.verdicts[1].limits_rate = true;  // that was tried for another reason
  CHECK(refused.told().status == 429);
  Refused open({Removal::open});
  open.decision.verdicts[0].limits_rate = true;
  CHECK(open.told().status == 503);
}

TEST_CASE(
    "a request whose own preferences leave nobody is at fault, and told who would serve it without them") {
  Refused refused({Removal::overlay, Removal::policy_allow, Removal::overlay});
  refused.decision.verdicts[0].filter = refused.decision.verdicts[2].filter = routing::Filter::zdr;
  const ErrorReply error = refused.told();
  CHECK(error.status == 404);
  CHECK(error.type == "invalid_request_error");
  CHECK(error.code == "no_eligible_endpoint");
  CHECK(error.message.ends_with(" Without its own preferences it would be served by deepseek, friendli."));
  CHECK(error.should_retry == gateway::ShouldRetry::no);
  // But where waiting helps it is not.
  CHECK(Refused({Removal::overlay, Removal::open}).told().status == 503);
}

TEST_CASE("where somebody is only full the client may come again after what it might have waited here") {
  config::Settings settings = tests::three_hosts();
  const auto told = [&](config::Duration queue_timeout) {
    settings.limits.queue_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(queue_timeout);
    return Refused({Removal::tried, Removal::full, Removal::features}, "", settings).told();
  };
  CHECK(told(7s).status == 429);
  CHECK(told(7s).code == "endpoints_full");
  CHECK(told(7s).type == "rate_limit_error");
  CHECK(told(7s).retry_after == config::Duration(7s));
  CHECK(told(0s).retry_after == config::Duration(1s));
  CHECK(told(10min).retry_after == config::Duration(60s));
}

TEST_CASE(
    "who does not wait for a full host any more is told which of the line's rules it was, and what would "
    "help") {
  config::Settings settings = tests::three_hosts();
  settings.limits.queue_timeout = 7s;
  settings.limits.max_queued = 12;
  const Refused refused({Removal::full, Removal::full, Removal::full}, "", settings);
  using gateway::Shed;
  const std::pair<Shed, std::vector<const char*>> all[] = {
      {Shed::too_late, {"would not begin within the time", "`limits.queue_timeout`, 7 s", "`max_in_flight`"}},
      {Shed::line_full, {"As many requests wait already", "`limits.max_queued`, 12", "`max_in_flight`"}},
      {Shed::displaced, {"took its place", "`limits.max_queued`, 12", "with fewer at the same time"}},
      {Shed::outwaited, {"It waited as long as one may", "`limits.queue_timeout`, 7 s", "wait longer"}},
      {Shed::none, {"as many requests under way as it may", "Come again later"}}};
  for (const auto& [shed, words] : all) {
    const ErrorReply error = refused.told(shed);
    CHECK(error.code == "endpoints_full");
    for (const char* each : words) {
      CAPTURE(error.message);
      CHECK(contains(error.message, each));
    }
  }
}

TEST_CASE("who waits until its own deadline is told that it was this, and not how long anybody may wait") {
  Refused refused({Removal::full});
  refused.request->demand.deadline = refused.world.timer.now();
  const ErrorReply error = refused.told(gateway::Shed::outwaited);
  CHECK(error.status == 429);
  CHECK(contains(error.message, "It waited until its own deadline (`deadline`), and none became free"));
  CHECK_FALSE(contains(error.message, "queue_timeout"));
}
